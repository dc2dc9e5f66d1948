import { type INestApplicationContext } from '@nestjs/common';
import { ModulesContainer } from '@nestjs/core';

import { BindingRegistry } from '../binding/binding-registry.js';
import { HandlerDeclarations } from '../binding/handler-declarations.js';
import { ContractRegistry } from '../contract/contract-registry.js';
import { ServiceBusPublisher } from '../contract/service-bus.publisher.js';
import { ServiceBusConfigurationError } from '../exceptions/service-bus-configuration.error.js';
import { type ApplicationDescription, type DescribedBinding } from './application-description.js';
import { type HandledBinding, partsOf } from './application-parts.js';
import { describeOptions } from './describe-options.js';
import { wantedTopology } from './wanted-topology.js';

/**
 * Describes an application that is created; it need not be initialised, nor connected with its receivers.
 *
 * @throws ServiceBusConfigurationError with everything that is declared wrongly
 */
export function describeApplication(app: INestApplicationContext): ApplicationDescription {
  const bindings = app.get(BindingRegistry, { strict: false });
  app.get(HandlerDeclarations, { strict: false }).declare();
  const ofContracts = app.get(ServiceBusPublisher, { strict: false }).problems();
  if (ofContracts.length > 0) throw new ServiceBusConfigurationError([...bindings.problems, ...ofContracts]);
  const modules = app.get(ModulesContainer, { strict: false });
  const contracts = app.get(ContractRegistry, { strict: false });
  const parts = partsOf({ modules, bindings, contracts });
  if (bindings.problems.length > 0) throw new ServiceBusConfigurationError(bindings.problems);
  return {
    bindings: parts.bindings.map((one) => describeBinding(one, bindings)),
    contracts: parts.contracts,
    replyQueue: parts.replyQueue?.name,
    senders: parts.senders,
    receivers: parts.receivers,
    clients: parts.clients.map(({ name, queues, topics, replyQueue }) => ({
      name,
      queues,
      topics,
      replyQueue,
    })),
    topology: wantedTopology(parts),
  };
}

function describeBinding({ binding, handlers }: HandledBinding, registry: BindingRegistry): DescribedBinding {
  const { pattern, entity, subscription, replyTo, allowReplyTo, sessions, maxConcurrentCalls } = binding;
  return {
    pattern,
    entity:
      subscription === undefined
        ? { kind: 'queue', name: entity }
        : { kind: 'subscription', topic: entity, name: subscription },
    replyTo,
    allowReplyTo,
    hasOwnKey: binding.connectionString !== undefined,
    replyToHasOwnKey: binding.replyToConnectionString !== undefined,
    requiresSession: sessions !== undefined,
    maxConcurrentCalls,
    handlers,
    options: describeOptions(binding, registry.sourcesOf(pattern)),
  };
}

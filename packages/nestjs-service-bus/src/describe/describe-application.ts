import { type INestApplicationContext } from '@nestjs/common';
import { ModulesContainer } from '@nestjs/core';

import { BindingRegistry } from '../binding/binding-registry.js';
import { connectionName, unknownConnection } from '../binding/connection-name.js';
import { HandlerDeclarations } from '../binding/handler-declarations.js';
import { ContractRegistry } from '../contract/contract-registry.js';
import { getServiceBusPublisherToken } from '../contract/inject-publisher.decorator.js';
import { type ServiceBusPublisher } from '../contract/service-bus.publisher.js';
import { ServiceBusConfigurationError } from '../exceptions/service-bus-configuration.error.js';
import { type ApplicationDescription, type DescribedBinding } from './application-description.js';
import { type HandledBinding, partsOf } from './application-parts.js';
import { describeOptions } from './describe-options.js';
import { wantedTopology } from './wanted-topology.js';

/**
 * Describes an application that is created; it need not be initialised, nor connected with its receivers.
 *
 * @param connection which of its namespaces; default: the only one, or that of the `forRoot` without a name
 * @throws ServiceBusConfigurationError with everything that is declared wrongly, or for a connection that is not there
 */
export function describeApplication(
  app: INestApplicationContext,
  connection?: string,
): ApplicationDescription {
  const bindings = app.get(BindingRegistry, { strict: false });
  const name = nameOf(connection, bindings);
  app.get(HandlerDeclarations, { strict: false }).declare();
  const publisher = app.get<ServiceBusPublisher>(getServiceBusPublisherToken(name), {
    strict: false,
  });
  const ofContracts = publisher.problems();
  if (ofContracts.length > 0) throw new ServiceBusConfigurationError([...bindings.problems, ...ofContracts]);
  const modules = app.get(ModulesContainer, { strict: false });
  const contracts = app.get(ContractRegistry, { strict: false });
  const parts = partsOf({ modules, bindings, contracts }, name);
  if (bindings.problems.length > 0) throw new ServiceBusConfigurationError(bindings.problems);
  return {
    connection: name,
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

function nameOf(connection: string | undefined, { connections }: BindingRegistry): string | undefined {
  if (connection === undefined && connections.length === 1) return connections[0];
  const name = connectionName(connection);
  if (connections.includes(name)) return name;
  throw new ServiceBusConfigurationError([unknownConnection('what is described', name, connections)]);
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

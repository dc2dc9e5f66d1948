import { type ModulesContainer } from '@nestjs/core';

import { type Binding } from '../binding/binding.js';
import { type BindingRegistry, type UsedEntities, type UsedReplyQueue } from '../binding/binding-registry.js';
import { type ControllerHandler, controllerHandlers } from '../binding/handlers.js';
import { parsePattern } from '../binding/pattern.js';
import { SERVICE_BUS_TRANSPORT } from '../binding/service-bus-transport.js';
import { type ClientEntities } from '../client/client-entities.js';
import { ServiceBusClientProxy } from '../client/service-bus-client-proxy.js';
import { type ContractRegistry, type DescribedContract } from '../contract/contract-registry.js';
import { ServiceBusConfigurationError } from '../exceptions/service-bus-configuration.error.js';
import { type DescribedHandler } from './application-description.js';

/** Where an application declares what it reads, handles and sends to. */
export interface ApplicationSources {
  readonly modules: ModulesContainer;
  readonly bindings: BindingRegistry;
  readonly contracts: ContractRegistry;
}

/** What is found there. */
export interface ApplicationParts extends Pick<UsedEntities, 'senders' | 'receivers' | 'declared'> {
  readonly bindings: readonly HandledBinding[];
  readonly contracts: readonly DescribedContract[];
  /** With its prefix. */
  readonly replyQueue: UsedReplyQueue | undefined;
  /** Client proxies of the connection's namespace. */
  readonly clients: readonly NamedClient[];
}

/** A binding with those that its messages come to. */
export interface HandledBinding {
  readonly binding: Binding;
  readonly handlers: readonly DescribedHandler[];
}

/** A client proxy that is registered with `ClientsModule`. */
export interface NamedClient extends ClientEntities {
  readonly name: string;
}

/** Gathers what an application declares of a connection; what is wrong with bindings is noted with their registry. */
export function partsOf(
  { modules, bindings, contracts }: ApplicationSources,
  connection: string | undefined,
): ApplicationParts {
  const { replyQueue, namespace: host } = bindings.connectionOf(connection) ?? {};
  return {
    ...bindings.usedEntities(connection),
    bindings: bindingsOf(modules, bindings).filter(({ binding }) => binding.connection === connection),
    contracts: contracts.contracts(connection),
    replyQueue: replyQueue && {
      ...replyQueue,
      name: bindings.prefixed(replyQueue.name, connection),
      options: bindings.prefixedOptions(replyQueue.options, connection),
    },
    clients: clientsOf(modules).filter(({ namespace }) => namespace === host),
  };
}

/** Those with handlers, in their order, and then those that are declared and have none. */
function bindingsOf(modules: ModulesContainer, registry: BindingRegistry): HandledBinding[] {
  const found = new Map<string, HandledBinding>();
  for (const handler of controllerHandlers(modules)) {
    if (handler.transport !== undefined && handler.transport !== SERVICE_BUS_TRANSPORT) continue;
    for (const { name, subject } of patternsOf(handler, registry)) {
      const binding = registry.find(name);
      if (!binding) continue;
      const { controller, method, isEvent } = handler;
      const one = { name: handler.name, controller, method, subject, isEvent };
      found.set(name, { binding, handlers: [...(found.get(name)?.handlers ?? []), one] });
    }
  }
  for (const binding of registry.declared()) {
    if (!found.has(binding.pattern)) found.set(binding.pattern, { binding, handlers: [] });
  }
  return [...found.values()];
}

function patternsOf(
  { patterns }: ControllerHandler,
  registry: BindingRegistry,
): { name: string; subject: string | undefined }[] {
  return patterns.flatMap((pattern) => {
    try {
      const { binding, subject } = parsePattern(pattern);
      return [{ name: binding, subject }];
    } catch (error) {
      if (!(error instanceof ServiceBusConfigurationError)) throw error;
      registry.note(error.problems);
      return [];
    }
  });
}

function clientsOf(modules: ModulesContainer): NamedClient[] {
  const found = new Map<ServiceBusClientProxy, NamedClient>();
  for (const { providers } of modules.values()) {
    for (const [token, { instance }] of providers) {
      if (!(instance instanceof ServiceBusClientProxy)) continue;
      const name = typeof token === 'function' ? token.name : String(token);
      found.set(instance, { name, ...instance.usedEntities() });
    }
  }
  return [...found.values()];
}

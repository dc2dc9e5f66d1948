import { type INestApplicationContext, type Type } from '@nestjs/common';
import { ModulesContainer } from '@nestjs/core';

import { type Binding } from '../binding/binding.js';
import { BindingRegistry } from '../binding/binding-registry.js';
import { HandlerDeclarations } from '../binding/handler-declarations.js';
import { type ControllerHandler, controllerHandlers } from '../binding/handlers.js';
import { parsePattern } from '../binding/pattern.js';
import { SERVICE_BUS_TRANSPORT } from '../binding/service-bus-transport.js';
import { ServiceBusConfigurationError } from '../exceptions/service-bus-configuration.error.js';
import { desiredTopology } from '../topology/model/desired-topology.js';
import { type Topology } from '../topology/model/topology.js';
import { type DescribedOption, describeOptions } from './describe-options.js';

/** What an application reads, handles and sends to, as it declares it: no broker is asked. */
export interface ApplicationDescription {
  /** In the order of their handlers. */
  readonly bindings: readonly DescribedBinding[];
  /** Injected senders. */
  readonly senders: readonly DescribedSender[];
  /** Injected receivers: a queue, or a topic and its subscription. */
  readonly receivers: readonly (readonly [string] | readonly [string, string])[];
  /** The entities of all these, and what they are to be like. */
  readonly topology: Topology;
}

/** A binding, its handlers, and where its options come from. */
export interface DescribedBinding {
  /** The binding's name. */
  readonly pattern: string;
  /** What it reads. */
  readonly entity:
    | { readonly kind: 'queue'; readonly name: string }
    | { readonly kind: 'subscription'; readonly topic: string; readonly name: string };
  /** Where results go that name no other place; undefined for nowhere. */
  readonly replyTo: string | undefined;
  /** Whether it reads the entity by sessions. */
  readonly requiresSession: boolean;
  /** Messages in work at once; of sessions, those held at once. */
  readonly maxConcurrentCalls: number;
  /** Those that its messages come to, by their subjects. */
  readonly handlers: readonly DescribedHandler[];
  /** Every option that has a value, by its path: `retry.maxAttempts`. */
  readonly options: readonly DescribedOption[];
}

/** A handler of a binding's messages. */
export interface DescribedHandler {
  /** `Class.method`. */
  readonly name: string;
  /** The class that has it. */
  readonly controller: Type;
  /** The method's name. */
  readonly method: string;
  /** Undefined for messages of any subject. */
  readonly subject: string | undefined;
  /** Whether it gives no results. */
  readonly isEvent: boolean;
}

/** A sender that is injected. */
export interface DescribedSender {
  /** The name that `@InjectSender` takes. */
  readonly name: string;
  /** The queue or topic that it sends to. */
  readonly entity: string;
}

/**
 * Describes an application that is created; it need not be initialised, nor connected with its receivers.
 *
 * @throws ServiceBusConfigurationError with everything that is declared wrongly
 */
export function describeApplication(app: INestApplicationContext): ApplicationDescription {
  const registry = app.get(BindingRegistry, { strict: false });
  app.get(HandlerDeclarations, { strict: false }).declare();
  const bindings = bindingsOf(app.get(ModulesContainer, { strict: false }), registry);
  if (registry.problems.length > 0) throw new ServiceBusConfigurationError(registry.problems);
  const { senders, receivers, declared } = registry.usedEntities();
  const topology = desiredTopology({
    bindings: bindings.map(({ binding }) => binding),
    declared,
    senders: senders.map(({ entity }) => entity),
    receivers,
  });
  const described = bindings.map(({ binding, handlers }) => describeOne(binding, handlers, registry));
  return { bindings: described, senders, receivers, topology };
}

/** What the application's bindings, senders and receivers want of its namespace. */
export function topologyOf(modules: ModulesContainer, registry: BindingRegistry): Topology {
  const { senders, receivers, declared } = registry.usedEntities();
  return desiredTopology({
    bindings: bindingsOf(modules, registry).map(({ binding }) => binding),
    declared,
    senders: senders.map(({ entity }) => entity),
    receivers,
  });
}

interface HandledBinding {
  readonly binding: Binding;
  readonly handlers: readonly DescribedHandler[];
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

function describeOne(
  binding: Binding,
  handlers: readonly DescribedHandler[],
  registry: BindingRegistry,
): DescribedBinding {
  const { pattern, entity, subscription, replyTo, sessions, maxConcurrentCalls } = binding;
  return {
    pattern,
    entity:
      subscription === undefined
        ? { kind: 'queue', name: entity }
        : { kind: 'subscription', topic: entity, name: subscription },
    replyTo,
    requiresSession: sessions !== undefined,
    maxConcurrentCalls,
    handlers,
    options: describeOptions(binding, registry.sourcesOf(pattern)),
  };
}

import { type MessageHandler } from '@nestjs/microservices';

import { ServiceBusConfigurationError } from '../exceptions/service-bus-configuration.error.js';
import { type Binding } from './binding.js';
import { type BindingRegistry } from './binding-registry.js';
import { parsePattern } from './pattern.js';
import { RouteTable } from './route-table.js';

/** A handler as Nest registers it with the server. */
export interface Registration {
  readonly pattern: unknown;
  /** Nest's own key of the pattern. */
  readonly route: string;
  readonly handler: MessageHandler;
  readonly isEvent: boolean;
}

/** A binding and the handlers of its messages. */
export interface RoutedBinding {
  readonly binding: Binding;
  readonly routes: RouteTable;
}

/**
 * Brings handlers and bindings together. Throws a ServiceBusConfigurationError that names everything that does
 * not fit: two handlers for one pattern, a binding without a handler, two bindings that read one entity.
 */
export function resolveRoutes(
  registrations: readonly Registration[],
  bindings: BindingRegistry,
  names: ReadonlyMap<string, readonly string[]>,
): RoutedBinding[] {
  const problems: string[] = [];
  const routed = new Map<string, RoutedBinding>();
  const seen = new Set<string>();
  for (const registration of registrations) {
    const handlers = names.get(registration.route) ?? [];
    if (seen.has(registration.route)) {
      const who = handlers.length > 1 ? handlers.join(' and ') : 'two handlers';
      problems.push(`pattern ${registration.route} has two handlers: ${who}`);
      continue;
    }
    seen.add(registration.route);
    try {
      addRoute(registration, handlers[0] ?? registration.route, bindings, routed);
    } catch (error) {
      if (!(error instanceof ServiceBusConfigurationError)) throw error;
      problems.push(...error.problems);
    }
  }
  problems.push(...findUnhandled(bindings, routed), ...findShared(routed));
  if (problems.length > 0) throw new ServiceBusConfigurationError([...new Set(problems)]);
  return [...routed.values()];
}

function addRoute(
  registration: Registration,
  name: string,
  bindings: BindingRegistry,
  routed: Map<string, RoutedBinding>,
): void {
  const { binding: bindingName, subject } = parsePattern(registration.pattern);
  let entry = routed.get(bindingName);
  if (!entry) {
    entry = { binding: bindings.get(bindingName), routes: new RouteTable(bindingName) };
    routed.set(bindingName, entry);
  }
  const pattern = subject === undefined ? bindingName : `${bindingName}/${subject}`;
  entry.routes.add({ pattern, handler: registration.handler, name, isEvent: registration.isEvent }, subject);
}

function findUnhandled(bindings: BindingRegistry, routed: ReadonlyMap<string, RoutedBinding>): string[] {
  return bindings
    .patterns()
    .filter((pattern) => !routed.has(pattern))
    .map((pattern) => `binding "${pattern}" has no handler: no @MessagePattern or @EventPattern names it`);
}

/** Two bindings on one entity would each get messages that are the other's. */
function findShared(routed: ReadonlyMap<string, RoutedBinding>): string[] {
  const owners = new Map<string, string>();
  const problems: string[] = [];
  for (const { binding } of routed.values()) {
    const key = binding.entityPath.toLowerCase();
    const owner = owners.get(key);
    if (owner === undefined) owners.set(key, binding.pattern);
    else {
      problems.push(
        `bindings "${owner}" and "${binding.pattern}" both read ${binding.entityPath}: use one, and subjects`,
      );
    }
  }
  return problems;
}

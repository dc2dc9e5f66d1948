import { type MessageHandler } from '@nestjs/microservices';

import { type WireOptions } from '../format/payload-format.js';
import { ServiceBusConfigurationError } from '../exceptions/service-bus-configuration.error.js';
import { type Binding } from './binding.js';
import { type BindingRegistry } from './binding-registry.js';
import { nearestName } from './nearest-name.js';
import { parsePattern } from './pattern.js';
import { CONTRACT_WIRE } from './handler-declaration.js';
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
  /** The first of its handlers, as `Class.method`. */
  readonly handler: string;
}

/**
 * Brings handlers and bindings together. Throws a ServiceBusConfigurationError that names everything that does
 * not fit: two handlers for one pattern, a binding without a handler, two bindings that read one entity, and what
 * was wrong before (`earlier`, and what the registry has noted).
 */
export function resolveRoutes(
  registrations: readonly Registration[],
  bindings: BindingRegistry,
  names: ReadonlyMap<string, readonly string[]>,
  earlier: readonly string[] = [],
): RoutedBinding[] {
  const problems = [...earlier, ...bindings.problems];
  const routed = new Map<string, RoutedBinding>();
  const seen = new Set<string>();
  const handled = new Set<string>();
  for (const registration of registrations) {
    const handlers = names.get(registration.route) ?? [];
    if (seen.has(registration.route)) {
      const who = handlers.length > 1 ? handlers.join(' and ') : 'two handlers';
      problems.push(`pattern ${registration.route} has two handlers: ${who}`);
      continue;
    }
    seen.add(registration.route);
    try {
      addRoute(registration, handlers[0] ?? registration.route, bindings, routed, handled);
    } catch (error) {
      if (!(error instanceof ServiceBusConfigurationError)) throw error;
      problems.push(...error.problems);
    }
  }
  problems.push(...findUnhandled(bindings, routed, handled), ...findShared(routed));
  if (problems.length > 0) throw new ServiceBusConfigurationError([...new Set(problems)]);
  return [...routed.values()];
}

function addRoute(
  registration: Registration,
  name: string,
  bindings: BindingRegistry,
  routed: Map<string, RoutedBinding>,
  handled: Set<string>,
): void {
  const { binding: bindingName, subject } = parsePattern(registration.pattern);
  handled.add(bindingName);
  let entry = routed.get(bindingName);
  if (!entry) {
    const binding = bindings.find(bindingName);
    // One that is declared and wrong has been told already.
    if (!binding && bindings.isDeclared(bindingName)) return;
    if (!binding) throw new ServiceBusConfigurationError([unboundObject(bindingName, name)]);
    entry = { binding, routes: new RouteTable(bindingName), handler: name };
    routed.set(bindingName, entry);
  }
  const pattern = subject === undefined ? bindingName : `${bindingName}/${subject}`;
  const { handler, isEvent } = registration;
  const wire = handler.extras?.[CONTRACT_WIRE] as WireOptions | undefined;
  entry.routes.add({ pattern, handler, name, isEvent, wire }, subject);
}

function unboundObject(pattern: string, handler: string): string {
  return (
    `${handler}: no binding names the pattern ${pattern}, and no queue has such a name: ` +
    `add ServiceBusModule.forFeature({ pattern: ${pattern}, queue: '…' }), ` +
    'or name the other transport that the handler is for'
  );
}

function findUnhandled(
  bindings: BindingRegistry,
  routed: ReadonlyMap<string, RoutedBinding>,
  handled: ReadonlySet<string>,
): string[] {
  const unbound = [...routed.values()].filter(({ binding }) => !bindings.isDeclared(binding.pattern));
  return bindings
    .patterns()
    .filter((pattern) => !handled.has(pattern))
    .map((pattern) => {
      const near = nearestName(
        pattern,
        unbound.map(({ binding }) => binding.pattern),
      );
      const meant = near === undefined ? '' : `: did you mean "${near}" (${routed.get(near)?.handler})?`;
      return `binding "${pattern}" has no handler: no @MessagePattern or @EventPattern names it${meant}`;
    });
}

/**
 * Reading the queue of one's own name is right where all do; beside declared bindings it may be one that was
 * forgotten, or misspelt.
 */
export function unboundHandlerWarnings(
  routed: readonly RoutedBinding[],
  bindings: BindingRegistry,
): string[] {
  const declared = bindings.patterns();
  if (declared.length === 0) return [];
  return routed
    .filter(({ binding }) => !bindings.isDeclared(binding.pattern))
    .map(({ binding: { pattern }, handler }) => {
      const near = nearestName(pattern, declared);
      const bind = `ServiceBusModule.forFeature({ pattern: '${pattern}', queue: '${pattern}' })`;
      const remedy = near === undefined ? `add ${bind}` : `did you mean "${near}"? Otherwise add ${bind}`;
      return `${handler} reads the queue "${pattern}" because no binding names its pattern: ${remedy}`;
    });
}

/** Two bindings on one entity would each get messages that are the other's. */
function findShared(routed: ReadonlyMap<string, RoutedBinding>): string[] {
  const owners = new Map<string, string>();
  const problems: string[] = [];
  for (const { binding } of routed.values()) {
    const key = JSON.stringify([binding.connection, binding.entityPath.toLowerCase()]);
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

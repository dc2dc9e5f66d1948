import { type Provider } from '@nestjs/common';
import { ModulesContainer } from '@nestjs/core';

import { BindingRegistry } from './binding/binding-registry.js';
import { ServiceBusConfigurationError } from './exceptions/service-bus-configuration.error.js';
import { findRoots } from './find-roots.js';
import { NamespaceProbe } from './health/namespace-probe.js';
import { getReceiverToken, getSenderToken } from './injection/injection-tokens.js';
import { KeyedConnections } from './injection/keyed-connections.js';
import { PooledSender, type SenderEntity } from './injection/pooled-sender.js';
import { type ReceiverEntity, ReceiverPool } from './injection/receiver-pool.js';
import { isConnectionString } from './sdk/index.js';
import { SenderPool } from './send/sender-pool.js';

type Token = abstract new (...dependencies: never[]) => unknown;

/** The name of a queue or topic. */
export function nameOf(entity: SenderEntity | ReceiverEntity): string {
  if (typeof entity === 'string') return entity;
  if ('entity' in entity) return entity.entity;
  return 'topic' in entity ? entity.topic : entity.queue;
}

/** What `@InjectSender` injects. */
export function senderProvider(name: string, entity: SenderEntity): Provider & { provide: string } {
  return {
    provide: getSenderToken(name),
    inject: [ModulesContainer, optional(SenderPool), optional(KeyedConnections), optional(BindingRegistry)],
    useFactory: (
      modules: ModulesContainer,
      pool: SenderPool | undefined,
      keyed: KeyedConnections | undefined,
      registry: BindingRegistry | undefined,
    ) => {
      if (!pool || !keyed || !registry) throw noRoot(modules);
      const key = keyOf(entity);
      const senders = key === undefined ? pool : keyed.sendersOf(key);
      return new PooledSender(senders, registry.prefixed(nameOf(entity)));
    },
  };
}

/** What `@InjectReceiver` injects. */
export function receiverProvider(name: string, entity: ReceiverEntity): Provider & { provide: string } {
  return {
    provide: getReceiverToken(name),
    inject: [
      ModulesContainer,
      optional(ReceiverPool),
      optional(NamespaceProbe),
      optional(KeyedConnections),
      optional(BindingRegistry),
    ],
    useFactory: (
      modules: ModulesContainer,
      pool: ReceiverPool | undefined,
      namespace: NamespaceProbe | undefined,
      keyed: KeyedConnections | undefined,
      registry: BindingRegistry | undefined,
    ) => {
      if (!pool || !namespace || !keyed || !registry) throw noRoot(modules);
      const prefixed = withPrefix(entity, registry);
      if (typeof prefixed === 'string') namespace.addQueue(prefixed);
      const key = keyOf(entity);
      return (key === undefined ? pool : keyed.receiversOf(key)).create(prefixed);
    },
  };
}

function withPrefix(entity: ReceiverEntity, registry: BindingRegistry): ReceiverEntity {
  if (typeof entity === 'string') return registry.prefixed(entity);
  return 'topic' in entity
    ? { ...entity, topic: registry.prefixed(entity.topic) }
    : { ...entity, queue: registry.prefixed(entity.queue) };
}

/** Undefined where the application's own connection is used, and where the key is none: that is told besides. */
function keyOf(entity: SenderEntity | ReceiverEntity): string | undefined {
  const key = typeof entity === 'string' ? undefined : entity.connectionString;
  return isConnectionString(key) ? key : undefined;
}

/** Nest's own "can't resolve dependencies" does not say what is missing: nothing here is required of Nest. */
export function optional(token: Token): { token: Token; optional: true } {
  return { token, optional: true };
}

/** A feature has nothing to belong to. */
export function noRoot(modules: ModulesContainer): Error {
  // Nest reports the first error of a start: what forRoot failed with has come before this one.
  if (findRoots(modules).length > 0) return new Error('ServiceBusModule.forRoot failed');
  return new ServiceBusConfigurationError([
    'ServiceBusModule.forFeature is imported, and forRoot is not: ' +
      'add ServiceBusModule.forRoot({ connectionString: … }) to the imports of the root module',
  ]);
}

/** Entities by the names that they are injected by. */
export function byName<Entity>(
  entities: readonly string[] | Readonly<Record<string, Entity>> = [],
): Record<string, Entity | string> {
  if (!Array.isArray(entities)) return { ...(entities as Readonly<Record<string, Entity>>) };
  return Object.fromEntries((entities as readonly string[]).map((name) => [name, name]));
}

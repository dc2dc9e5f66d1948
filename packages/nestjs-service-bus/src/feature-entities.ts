import { type InjectionToken, type Provider } from '@nestjs/common';
import { ModulesContainer } from '@nestjs/core';

import { BindingRegistry } from './binding/binding-registry.js';
import { unknownConnection } from './binding/connection-name.js';
import { ServiceBusConfigurationError } from './exceptions/service-bus-configuration.error.js';
import { findRoots } from './find-roots.js';
import { getReceiverToken, getSenderToken } from './injection/injection-tokens.js';
import { PooledSender, type SenderEntity } from './injection/pooled-sender.js';
import { type ReceiverEntity } from './injection/receiver-pool.js';
import { isConnectionString } from './sdk/index.js';
import { getNamespaceToken, type ServiceBusNamespace } from './service-bus.namespace.js';

/** The name of a queue or topic. */
export function nameOf(entity: SenderEntity | ReceiverEntity): string {
  if (typeof entity === 'string') return entity;
  if ('entity' in entity) return entity.entity;
  return 'topic' in entity ? entity.topic : entity.queue;
}

/** What `@InjectSender` injects. */
export function senderProvider(
  name: string,
  entity: SenderEntity,
  connection: string | undefined,
): Provider & { provide: string } {
  return {
    provide: getSenderToken(name, connection),
    ...fromNamespace(`the sender "${name}"`, connection, ({ senders, keyed }, registry) => {
      const key = keyOf(entity);
      const pool = key === undefined ? senders : keyed.sendersOf(key);
      return new PooledSender(pool, registry.prefixed(nameOf(entity), connection));
    }),
  };
}

/** What `@InjectReceiver` injects. */
export function receiverProvider(
  name: string,
  entity: ReceiverEntity,
  connection: string | undefined,
): Provider & { provide: string } {
  return {
    provide: getReceiverToken(name, connection),
    ...fromNamespace(`the receiver "${name}"`, connection, ({ receivers, keyed, probe }, registry) => {
      const prefixed = withPrefix(entity, (plain) => registry.prefixed(plain, connection));
      if (typeof prefixed === 'string') probe.addQueue(prefixed);
      const key = keyOf(entity);
      return (key === undefined ? receivers : keyed.receiversOf(key)).create(prefixed);
    }),
  };
}

function fromNamespace(
  by: string,
  connection: string | undefined,
  make: (namespace: ServiceBusNamespace, registry: BindingRegistry) => unknown,
) {
  return {
    inject: [ModulesContainer, optional(getNamespaceToken(connection)), optional(BindingRegistry)],
    useFactory: (
      modules: ModulesContainer,
      namespace: ServiceBusNamespace | undefined,
      registry: BindingRegistry | undefined,
    ) => {
      if (!namespace || !registry) throw noRoot(modules, by, connection);
      return make(namespace, registry);
    },
  };
}

function withPrefix(entity: ReceiverEntity, prefixed: (name: string) => string): ReceiverEntity {
  if (typeof entity === 'string') return prefixed(entity);
  return 'topic' in entity
    ? { ...entity, topic: prefixed(entity.topic) }
    : { ...entity, queue: prefixed(entity.queue) };
}

/** Undefined where the application's own connection is used, and where the key is none: that is told besides. */
function keyOf(entity: SenderEntity | ReceiverEntity): string | undefined {
  const key = typeof entity === 'string' ? undefined : entity.connectionString;
  return isConnectionString(key) ? key : undefined;
}

/** Nest's own "can't resolve dependencies" does not say what is missing: nothing here is required of Nest. */
export function optional(token: InjectionToken): { token: InjectionToken; optional: true } {
  return { token, optional: true };
}

/** A feature has nothing to belong to. */
export function noRoot(modules: ModulesContainer, by: string, connection: string | undefined): Error {
  const known = findRoots(modules).map(({ name }) => name);
  // Nest reports the first error of a start: what forRoot failed with has come before this one.
  if (known.includes(connection)) return new Error('ServiceBusModule.forRoot failed');
  if (known.length > 0) {
    return new ServiceBusConfigurationError([unknownConnection(by, connection, known)]);
  }
  const name = connection === undefined ? '' : `name: '${connection}', `;
  return new ServiceBusConfigurationError([
    'ServiceBusModule.forFeature is imported, and forRoot is not: ' +
      `add ServiceBusModule.forRoot({ ${name}connectionString: … }) to the imports of the root module`,
  ]);
}

/** Entities by the names that they are injected by. */
export function byName<Entity>(
  entities: readonly string[] | Readonly<Record<string, Entity>> = [],
): Record<string, Entity | string> {
  if (!Array.isArray(entities)) return { ...(entities as Readonly<Record<string, Entity>>) };
  return Object.fromEntries((entities as readonly string[]).map((name) => [name, name]));
}

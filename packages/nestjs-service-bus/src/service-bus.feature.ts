import { type DynamicModule, type ModuleMetadata, type Provider } from '@nestjs/common';

import { type BindingOptions } from './binding/binding.js';
import { BindingRegistry } from './binding/binding-registry.js';
import { PooledSender } from './injection/pooled-sender.js';
import { type ReceiverEntity, ReceiverPool } from './injection/receiver-pool.js';
import { SenderPool } from './send/sender-pool.js';
import { ServiceBusConfigurationError } from './exceptions/service-bus-configuration.error.js';
import { NamespaceProbe } from './health/namespace-probe.js';
import { getReceiverToken, getSenderToken } from './injection/injection-tokens.js';

/** What a feature sends to and receives from, next to its binding. */
interface FeatureEntities {
  /** Queues or topics for `@InjectSender`: names, or injection name → entity. */
  readonly senders?: readonly string[] | Readonly<Record<string, string>>;
  /** Queues or subscriptions for `@InjectReceiver`: names, or injection name → entity. */
  readonly receivers?: readonly string[] | Readonly<Record<string, ReceiverEntity>>;
}

/** Options of `ServiceBusModule.forFeature`. */
export interface ServiceBusFeatureOptions extends FeatureEntities, BindingOptions {
  /** The pattern of the handlers that this binding is for; without one the feature has no binding. */
  readonly pattern?: string;
}

/** Options of `ServiceBusModule.forFeatureAsync`. */
export interface ServiceBusFeatureAsyncOptions extends FeatureEntities, Pick<ModuleMetadata, 'imports'> {
  readonly pattern?: string;
  /** Tokens of what `useFactory` gets, in its order. */
  readonly inject?: readonly (string | symbol | InjectableClass)[];
  readonly useFactory: (...injected: never[]) => BindingOptions | Promise<BindingOptions>;
}

type InjectableClass = abstract new (...dependencies: never[]) => unknown;

/** Stands for one feature's declarations in Nest's module graph. */
class ServiceBusFeatureModule {}

export function featureModule(options: ServiceBusFeatureAsyncOptions): DynamicModule {
  const senders = Object.entries(byName(options.senders)).map(([name, entity]) =>
    senderProvider(name, entity),
  );
  const receivers = Object.entries(byName(options.receivers)).map(([name, entity]) =>
    receiverProvider(name, entity),
  );
  return {
    module: ServiceBusFeatureModule,
    imports: options.imports ?? [],
    providers: [bindingProvider(options), ...senders, ...receivers],
    exports: [...senders, ...receivers],
  };
}

function bindingProvider({ pattern, inject = [], useFactory }: ServiceBusFeatureAsyncOptions): Provider {
  return {
    // Nobody injects it: it is there to be made.
    provide: Symbol(`ServiceBusBinding:${pattern}`),
    inject: [BindingRegistry, NamespaceProbe, ...inject],
    useFactory: async (registry: BindingRegistry, namespace: NamespaceProbe, ...injected: never[]) => {
      const binding = await useFactory(...injected);
      if (pattern === undefined) {
        const stray = Object.keys(binding).filter(
          (key) => binding[key as keyof BindingOptions] !== undefined,
        );
        if (stray.length > 0) {
          throw new ServiceBusConfigurationError([`forFeature has ${stray.join(', ')}, and no pattern`]);
        }
        return undefined;
      }
      const resolved = registry.add(pattern, binding);
      // A queue that requires sessions refuses the question.
      if (resolved.subscription === undefined && !resolved.sessions) namespace.addQueue(resolved.entity);
      return resolved;
    },
  };
}

function senderProvider(name: string, entity: string): Provider & { provide: string } {
  return {
    provide: getSenderToken(name),
    inject: [SenderPool],
    useFactory: (pool: SenderPool) => new PooledSender(pool, entity),
  };
}

function receiverProvider(name: string, entity: ReceiverEntity): Provider & { provide: string } {
  return {
    provide: getReceiverToken(name),
    inject: [ReceiverPool, NamespaceProbe],
    useFactory: (pool: ReceiverPool, namespace: NamespaceProbe) => {
      if (typeof entity === 'string') namespace.addQueue(entity);
      return pool.create(entity);
    },
  };
}

function byName<Entity>(
  entities: readonly string[] | Readonly<Record<string, Entity>> = [],
): Record<string, Entity | string> {
  if (!Array.isArray(entities)) return { ...(entities as Readonly<Record<string, Entity>>) };
  return Object.fromEntries((entities as readonly string[]).map((name) => [name, name]));
}

import { type DynamicModule, type ModuleMetadata, type Provider } from '@nestjs/common';
import { ModulesContainer } from '@nestjs/core';

import { type BindingOptions } from './binding/binding.js';
import { BindingRegistry, type UsedEntities } from './binding/binding-registry.js';
import { connectionName, unknownConnection } from './binding/connection-name.js';
import { type DeclaredDestination } from './binding/entity-options.js';
import { destinationProblems } from './binding/entity-problems.js';
import { bindingName, type BindingPattern } from './binding/pattern.js';
import { keyProblemsOf } from './binding/only-entity.js';
import { problemsOfBinding } from './binding/resolve-binding.js';
import { BINDING_OPTIONS } from './binding/unknown-binding-options.js';
import { type OptionNames, unknownOptions } from './binding/unknown-options.js';
import { findRoots } from './find-roots.js';
import { byName, nameOf, noRoot, optional, receiverProvider, senderProvider } from './feature-entities.js';
import { type KeyedDestination, type SenderEntity } from './injection/pooled-sender.js';
import { type ReceiverEntity } from './injection/receiver-pool.js';
import { ServiceBusConfigurationError } from './exceptions/service-bus-configuration.error.js';

/** What a feature sends to and receives from, next to its binding. */
export interface FeatureEntities {
  /** Queues or topics for `@InjectSender`: names, or injection name → entity. */
  readonly senders?: readonly string[] | Readonly<Record<string, SenderEntity>>;
  /** Queues or subscriptions for `@InjectReceiver`: names, or injection name → entity. */
  readonly receivers?: readonly string[] | Readonly<Record<string, ReceiverEntity>>;
  /**
   * What queues or topics are like that the feature uses besides those of its binding, for `provision` and the command
   * `topology`: name → options, or `external`, `external queue` or `external topic` where they are somebody else's.
   */
  readonly entities?: Readonly<Record<string, DeclaredDestination>>;
}

/** Options of `ServiceBusModule.forFeature`. */
export interface ServiceBusFeatureOptions extends FeatureEntities, BindingOptions {
  /** The pattern of the handlers that this binding is for; without one the feature has no binding. */
  readonly pattern?: BindingPattern;
}

/** A class, abstract or not, whose instance Nest injects. */
export type InjectableClass = abstract new (...dependencies: never[]) => unknown;

/** What a factory may ask for: a class or another token, or the same as an optional dependency. */
export type FactoryDependency = string | symbol | InjectableClass | OptionalDependency;

/** A dependency that may be missing: the factory gets undefined then. */
export interface OptionalDependency {
  /** What is asked for. */
  readonly token: string | symbol | InjectableClass;
  /** False makes it required, as a token alone is. */
  readonly optional: boolean;
}

/** What the factory gets for its dependencies: instances of classes; what other tokens stand for is not known. */
export type InjectedValues<Dependencies extends readonly FactoryDependency[]> = {
  -readonly [Index in keyof Dependencies]: Dependencies[Index] extends OptionalDependency
    ? | Injected<Dependencies[Index]['token']>
      | (Dependencies[Index]['optional'] extends false ? never : undefined)
    : Injected<Dependencies[Index]>;
};

type Injected<Token> = Token extends abstract new (...dependencies: never[]) => infer Instance
  ? Instance
  : unknown;

/** Options of `ServiceBusModule.forFeatureAsync`. */
export interface ServiceBusFeatureAsyncOptions<
  Dependencies extends readonly FactoryDependency[] = readonly FactoryDependency[],
>
  extends FeatureEntities, Pick<BindingOptions, 'connection'>, Pick<ModuleMetadata, 'imports'> {
  /** The pattern of the handlers that this binding is for; without one the feature has no binding. */
  readonly pattern?: BindingPattern;
  /** Tokens of what `useFactory` gets, in its order. */
  readonly inject?: Dependencies;
  /** Gives the options of the binding, or a promise of them. */
  // A method, not a property: then a factory may say more about a token's value than the token does.
  useFactory(...injected: InjectedValues<Dependencies>): FactoryOptions | Promise<FactoryOptions>;
}

/** What a factory decides on: not the connection, which says what is injected, before any factory runs. */
type FactoryOptions = Omit<BindingOptions, 'connection'>;

const ENTITIES: OptionNames<FeatureEntities> = { senders: true, receivers: true, entities: true };
const FEATURE_OPTIONS: OptionNames<ServiceBusFeatureOptions> = {
  ...BINDING_OPTIONS,
  pattern: true,
  ...ENTITIES,
};
const FEATURE_ASYNC_OPTIONS: OptionNames<ServiceBusFeatureAsyncOptions> = {
  connection: true,
  pattern: true,
  imports: true,
  inject: true,
  useFactory: true,
  ...ENTITIES,
};
const RECEIVER: OptionNames<Exclude<ReceiverEntity, string>> = {
  queue: true,
  topic: true,
  subscription: true,
  connectionString: true,
};
const SENDER: OptionNames<KeyedDestination> = { entity: true, connectionString: true };

/** What `forFeature` and `forFeatureAsync` are given, in one form. */
interface Feature extends FeatureEntities, Pick<ModuleMetadata, 'imports'> {
  /** Undefined for the connection without a name. */
  readonly connection: string | undefined;
  readonly pattern: BindingPattern | undefined;
  readonly inject: readonly FactoryDependency[];
  readonly makeBinding: (...injected: unknown[]) => BindingOptions | Promise<BindingOptions>;
  /** Names of options that are not known. */
  readonly problems: readonly string[];
}

/** In each module that `ServiceBusModule.forFeature` makes: the name of its connection. */
export const FEATURE_MARK = Symbol('ServiceBusModule.forFeature');

/** Stands for one feature's declarations in Nest's module graph. */
class ServiceBusFeatureModule {}

export function featureOf({
  senders,
  receivers,
  entities,
  pattern,
  ...binding
}: ServiceBusFeatureOptions): DynamicModule {
  const used = { senders, receivers, entities };
  const given = { ...binding, ...used, pattern };
  const known = Object.fromEntries(Object.entries(binding).filter(([name]) => name in BINDING_OPTIONS));
  const problems = [...unknownOptions(given, FEATURE_OPTIONS), ...entityProblems(used)];
  const connection = connectionName(binding.connection);
  return featureModule({ ...used, connection, pattern, inject: [], makeBinding: () => known, problems });
}

export function asyncFeatureOf(options: ServiceBusFeatureAsyncOptions): DynamicModule {
  const { inject = [], pattern, senders, receivers, entities, imports } = options;
  const used = { senders, receivers, entities };
  const connection = connectionName(options.connection);
  const makeBinding: Feature['makeBinding'] = async (...injected) => {
    const given = await options.useFactory(...injected);
    return connection === undefined ? given : withConnection(given, connection);
  };
  const misplaced = Object.keys(options).filter((name) => name in BINDING_OPTIONS && name !== 'connection');
  const known = { ...FEATURE_ASYNC_OPTIONS, ...BINDING_OPTIONS };
  const problems = [
    ...misplaced.map((name) => `${name} belongs into what useFactory returns`),
    ...unknownOptions(options, known),
    ...entityProblems(used),
  ];
  return featureModule({ ...used, imports, connection, pattern, inject, makeBinding, problems });
}

/** What is no object of options is told of later, as it is. */
function withConnection(given: BindingOptions, connection: string): BindingOptions {
  return { connection, ...given };
}

function entityProblems({ senders, receivers, entities = {} }: FeatureEntities): string[] {
  return [
    ...Object.entries(entities).flatMap(([name, options]) =>
      destinationProblems(`entities.${name}`, options),
    ),
    ...Object.entries(byName(senders)).flatMap(([name, entity]) => [
      ...unknownOptions(entity, SENDER, `senders.${name}.`),
      ...keyProblems(`senders.${name}`, entity),
    ]),
    ...Object.entries(byName(receivers)).flatMap(([name, entity]) => [
      ...unknownOptions(entity, RECEIVER, `receivers.${name}.`),
      ...keyProblems(`receivers.${name}`, entity),
    ]),
  ];
}

function keyProblems(path: string, entity: SenderEntity | ReceiverEntity): string[] {
  if (typeof entity === 'string' || entity.connectionString === undefined) return [];
  return keyProblemsOf(`${path}.connectionString`, entity.connectionString, nameOf(entity));
}

function featureModule(feature: Feature): DynamicModule {
  const senders = Object.entries(byName(feature.senders)).map(([name, entity]) =>
    senderProvider(name, entity, feature.connection),
  );
  const receivers = Object.entries(byName(feature.receivers)).map(([name, entity]) =>
    receiverProvider(name, entity, feature.connection),
  );
  return {
    module: ServiceBusFeatureModule,
    imports: feature.imports ?? [],
    providers: [
      bindingProvider(feature),
      { provide: FEATURE_MARK, useValue: feature.connection },
      ...senders,
      ...receivers,
    ],
    exports: [...senders, ...receivers],
  };
}

function bindingProvider(feature: Feature): Provider {
  const { connection, pattern, inject, makeBinding, problems } = feature;
  return {
    // Nobody injects it: it is there to be made.
    provide: Symbol(`ServiceBusBinding:${describePattern(pattern)}`),
    inject: [ModulesContainer, optional(BindingRegistry), ...inject],
    useFactory: async (
      modules: ModulesContainer,
      registry: BindingRegistry | undefined,
      ...injected: unknown[]
    ) => {
      if (!registry) throw noRoot(modules, 'ServiceBusModule.forFeature', connection);
      const binding = await makeBinding(...injected);
      registry.use(usedBy(feature), connection);
      const all = [...problems, ...misplacedConnection(binding, connection)];
      if (pattern === undefined) {
        // That of a binding is told of with it, when all that is said of it is known.
        const known = findRoots(modules).map(({ name }) => name);
        if (!known.includes(connection)) registry.note([unknownConnection('forFeature', connection, known)]);
        registry.note([...unbound(all), ...strayOptions(binding)]);
      } else declare(registry, pattern, binding, all);
    },
  };
}

function usedBy({ senders, receivers, entities = {} }: Feature): UsedEntities {
  return {
    senders: Object.entries(byName(senders)).map(([name, entity]) => ({
      name,
      entity: nameOf(entity),
      hasOwnKey: hasOwnKey(entity),
    })),
    receivers: Object.values(byName(receivers)).map((entity) => ({
      path:
        typeof entity !== 'string' && 'topic' in entity
          ? [entity.topic, entity.subscription]
          : [nameOf(entity)],
      hasOwnKey: hasOwnKey(entity),
    })),
    declared: Object.entries(entities).map(([name, options]) => ({ name, options })),
  };
}

function hasOwnKey(entity: SenderEntity | ReceiverEntity): boolean {
  return typeof entity !== 'string' && entity.connectionString !== undefined;
}

function declare(
  registry: BindingRegistry,
  pattern: BindingPattern,
  binding: BindingOptions,
  problems: readonly string[],
): void {
  try {
    const name = bindingName(pattern);
    registry.declare(name, binding, problemsOfBinding(name, problems));
  } catch (error) {
    if (!(error instanceof ServiceBusConfigurationError)) throw error;
    registry.note(error.problems);
  }
}

/** What is injected is of the feature's connection. */
function misplacedConnection(binding: BindingOptions, connection: string | undefined): string[] {
  if (connectionName(binding.connection) === connection) return [];
  return ['connection belongs beside useFactory, not into what it returns'];
}

function strayOptions({ connection: _, ...binding }: BindingOptions): string[] {
  const stray = Object.keys(binding).filter((key) => binding[key as keyof typeof binding] !== undefined);
  if (stray.length === 0) return [];
  return [`forFeature has ${stray.join(', ')}, and no pattern: add the pattern of its handler`];
}

function unbound(problems: readonly string[]): string[] {
  return problems.map((problem) => `forFeature: ${problem}`);
}

function describePattern(pattern: BindingPattern | undefined): string {
  return typeof pattern === 'string' ? pattern : JSON.stringify(pattern);
}

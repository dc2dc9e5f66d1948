import { type INestApplication, type INestMicroservice, type ModuleMetadata } from '@nestjs/common';
import { Test, type TestingModule } from '@nestjs/testing';
import { type Emulator } from 'service-bus-emulator';

import { CONNECTION_OPTIONS } from '../binding/connection-option-names.js';
import { OBSERVER_OF_BINDING } from '../message/binding-runtime.js';
import { ServiceBusModule } from '../service-bus.module.js';
import { getOptionsToken } from '../service-bus.root.js';
import { type ServiceBusModuleOptions } from '../service-bus-options.js';
import { type ServiceBusServer } from '../service-bus.server.js';
import { CLOCK } from '../time/clock.js';
import { declaredEntities, makeEntities } from './declared-entities.js';
import { findConnections } from './find-connections.js';
import { type Recorder } from './recorder.js';
import { type StartedBroker } from './test-broker.js';
import { type TestClock } from './test-clock.js';
import { type ServiceBusTestbedOptions } from './testbed-options.js';

/** Modules under test, and the connections that they name. */
export interface TestedModules {
  readonly imports: NonNullable<ModuleMetadata['imports']>;
  /** Of the connections that have one. */
  readonly names: readonly string[];
  /** Those that the modules themselves do not open. */
  readonly missing: readonly (string | undefined)[];
  /** Of those that they open, as far as they are known. */
  readonly options: ReadonlyMap<string | undefined, ServiceBusModuleOptions | undefined>;
}

export async function testedModules(
  { imports = [], connections = {} }: ServiceBusTestbedOptions,
  { connectionString }: Emulator,
): Promise<TestedModules> {
  const tested = typeof imports === 'function' ? imports({ connectionString }) : imports;
  const { roots, features } = await findConnections(tested);
  const hasNamedRoot = [...roots.keys()].some((name) => name !== undefined);
  const wanted = new Set([
    undefined,
    ...roots.keys(),
    ...Object.keys(connections),
    ...(hasNamedRoot ? [] : features),
  ]);
  return {
    imports: tested,
    names: [...wanted].filter((name) => name !== undefined),
    missing: [...wanted].filter((name) => !roots.has(name)),
    options: roots,
  };
}

export async function compile(
  { controllers = [], providers = [], override, module = {} }: ServiceBusTestbedOptions,
  { imports, missing, options }: TestedModules,
  brokers: readonly StartedBroker[],
  clock: TestClock,
  recorder: Recorder,
): Promise<TestingModule> {
  const optionsOf = ({ name, emulator: { connectionString } }: StartedBroker): ServiceBusModuleOptions => ({
    ...withoutConnection(options.get(name)),
    drainTimeoutMs: 2_000,
    // The entities are made already, and the broker has no port for administration.
    provision: 'none',
    queueDepthIntervalMs: 0,
    ...module,
    connectionString,
  });
  const roots = brokers
    .filter(({ name }) => missing.includes(name))
    .map((broker) =>
      ServiceBusModule.forRoot({
        ...optionsOf(broker),
        ...(broker.name !== undefined && { name: broker.name }),
      }),
    );
  let builder = Test.createTestingModule({ imports: [...roots, ...imports], controllers, providers });
  for (const broker of brokers) {
    builder = builder.overrideProvider(getOptionsToken(broker.name)).useValue(optionsOf(broker));
  }
  builder = builder
    .overrideProvider(CLOCK)
    .useValue(clock.forRuntime())
    .overrideProvider(OBSERVER_OF_BINDING)
    .useValue(recorder.observerOf);
  return (override?.(builder) ?? builder).compile();
}

/** What an application says of its namespace that is so on whatever broker. */
function withoutConnection(options: object = {}): Partial<ServiceBusModuleOptions> {
  return Object.fromEntries(Object.entries(options).filter(([name]) => !(name in CONNECTION_OPTIONS)));
}

/** Starts the application once its entities are there. */
export async function start(
  app: INestMicroservice | INestApplication,
  server: ServiceBusServer,
  module: TestingModule,
  brokers: readonly StartedBroker[],
): Promise<void> {
  for (const { name, emulator, given } of brokers)
    makeEntities(emulator, declaredEntities(module, name), given);
  if ('connectMicroservice' in app) {
    app.connectMicroservice({ strategy: server }, { inheritAppConfig: true });
    await app.init();
    await app.startAllMicroservices();
  } else {
    await app.listen();
  }
}

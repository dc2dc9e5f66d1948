import {
  type INestApplication,
  type INestMicroservice,
  type LoggerService,
  type LogLevel,
  type ModuleMetadata,
} from '@nestjs/common';
import { type TestingModuleBuilder } from '@nestjs/testing';
import {
  type Emulator,
  type EmulatorOptions,
  type Entities,
  type EntityInspection,
} from 'service-bus-emulator';

import { type OptionNames, unknownOptions } from '../binding/unknown-options.js';
import { type ServiceBusModuleOptions } from '../service-bus-options.js';

/** The broker that an application under test is started on. */
export interface TestBroker {
  /** For what takes a connection string of its own, such as a client of `ClientsModule`. */
  readonly connectionString: string;
}

/** The broker of a connection with a name. */
export interface TestedConnection {
  /** The broker, to look into it or to have it fail. */
  readonly emulator: Emulator;
  /** Has the broker fail on order. */
  readonly faults: Emulator['faults'];
  /** Looks into an entity, as `entity` of the testbed does. */
  entity(address: string): EntityInspection;
  /** Sends a message to the queue or topic of this name; resolves when the broker has it. */
  send(to: string, payload: unknown): Promise<void>;
}

/** What is said of the broker of one connection. */
export interface TestedConnectionOptions {
  /** As `entities` of the testbed. */
  readonly entities?: Entities;
  /** As `emulator` of the testbed. */
  readonly emulator?: ServiceBusTestbedOptions['emulator'];
}

type Imports = NonNullable<ModuleMetadata['imports']>;

/** What is under test, and how. */
export interface ServiceBusTestbedOptions extends Pick<ModuleMetadata, 'controllers' | 'providers'> {
  /** The modules under test, as an application's root module imports them; or a function of the broker that gives them. */
  readonly imports?: Imports | ((broker: TestBroker) => Imports);
  /** Replaces providers, guards and the like, as Nest's testing module does. */
  readonly override?: (builder: TestingModuleBuilder) => TestingModuleBuilder;
  /** Sets up the application as its `main.ts` does: global pipes, filters, interceptors. */
  readonly configure?: (app: INestMicroservice | INestApplication) => void;
  /** Options of `ServiceBusModule.forRoot`, besides the connection. */
  readonly module?: Partial<ServiceBusModuleOptions>;
  /**
   * Entities with settings of their own, or that nothing in the application names. Those that bindings read and reply
   * to, and those of senders, are there without.
   */
  readonly entities?: Entities;
  /**
   * The same for connections with a name. Those that `forRoot`s under test open have a broker of their own each without
   * being named here; where the modules import none with a name, so have those that their features name.
   */
  readonly connections?: Readonly<Record<string, TestedConnectionOptions>>;
  /** Options of the emulator. */
  readonly emulator?: Omit<
    EmulatorOptions,
    'entities' | 'clock' | 'port' | 'administrationPort' | 'host' | 'accepted'
  >;
  /** Whether HTTP is served too: `bus.app` is then an INestApplication, on no port yet. Default false. */
  readonly http?: boolean;
  /** Default: Nest's for tests, which prints errors. */
  readonly logger?: LoggerService | LogLevel[] | false;
  /**
   * How long `settled` and the clock wait for handlers and the broker, in real milliseconds. Default 3,000: less than
   * Jest and Vitest give a test, so that a failure says what was waited for.
   */
  readonly timeoutMs?: number;
}

const TESTBED_OPTIONS: OptionNames<ServiceBusTestbedOptions> = {
  imports: true,
  controllers: true,
  providers: true,
  override: true,
  configure: true,
  module: true,
  entities: true,
  connections: true,
  emulator: true,
  http: true,
  logger: true,
  timeoutMs: true,
};

/** Throws a TypeError for what compilers without types let pass, where it would show as something else. */
export function checkTestbedOptions(options: ServiceBusTestbedOptions | undefined): void {
  if (options === undefined) {
    throw new TypeError(
      'ServiceBusTestbed.create: what is under test is missing: give it { imports: [...] }',
    );
  }
  const problems = unknownOptions(options, TESTBED_OPTIONS);
  const { imports = [] } = options;
  if (typeof imports === 'function' && String(imports).startsWith('class')) {
    problems.push(`imports is the class ${imports.name}: write imports: [${imports.name}]`);
  }
  if (problems.length > 0)
    throw new TypeError(problems.map((problem) => `ServiceBusTestbed.create: ${problem}`).join('\n'));
}

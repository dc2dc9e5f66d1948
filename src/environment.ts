import { existsSync } from 'node:fs';

import { deepFreeze } from './environment/deep-freeze.js';
import { EnvironmentError } from './environment/environment.error.js';
import { type App, readApps } from './environment/read-apps.js';
import { type Broker, readBroker } from './environment/read-broker.js';
import { type HttpSettings, readHttp } from './environment/read-http.js';
import { type LogFormat, readLogFormat, readLogMessageContext } from './environment/read-log-format.js';
import { type LogLevel, readLogLevel } from './environment/read-log-level.js';
import { type Queues, readQueues } from './environment/read-queues.js';
import { readTelemetry, type TelemetrySettings } from './environment/read-telemetry.js';
import { readWorkers } from './environment/read-workers.js';
import { VariableReader, type Variables } from './environment/variable-reader.js';

export { EnvironmentError } from './environment/environment.error.js';
export { type App, APPS } from './environment/read-apps.js';
export { type Broker } from './environment/read-broker.js';
export { type HttpSettings } from './environment/read-http.js';
export { LOG_FORMATS, type LogFormat } from './environment/read-log-format.js';
export { LOG_LEVELS, type LogLevel } from './environment/read-log-level.js';
export { type Queues } from './environment/read-queues.js';
export { type TelemetrySettings } from './environment/read-telemetry.js';

/** Everything the process is told from outside: validated once, frozen. */
export interface Environment {
  readonly production: boolean;
  readonly broker: Broker;
  readonly http: HttpSettings;
  readonly apps: readonly App[];
  readonly queues: Readonly<Record<App, Queues>>;
  readonly logLevel: LogLevel;
  readonly logFormat: LogFormat;
  /** Whether the lines that handlers log tell which message they are about. */
  readonly logMessageContext: boolean;
  readonly telemetry: TelemetrySettings;
  /** How many processes share the work; 1 is this one alone. */
  readonly workers: number;
}

/** The process's variables, and those of an `.env` file in the working directory where the process has none. */
export function loadVariables(): Variables {
  if (existsSync('.env')) process.loadEnvFile('.env');
  return process.env;
}

/**
 * Reads and checks the variables; an empty one counts as absent.
 * @throws EnvironmentError with every problem there is, not only the first
 */
export function readEnvironment(variables: Variables): Environment {
  const reader = new VariableReader(variables);
  const production = reader.text('NODE_ENV').toLowerCase() === 'production';
  const broker = readBroker(reader, production);
  const http = readHttp(reader, production);
  const apps = readApps(reader);
  const environment: Environment = {
    production,
    broker,
    http,
    apps,
    queues: readQueues(reader, apps),
    logLevel: readLogLevel(reader),
    logFormat: readLogFormat(reader, production),
    logMessageContext: readLogMessageContext(reader),
    telemetry: readTelemetry(reader),
    workers: readWorkers(reader),
  };
  if (reader.problems.length > 0) throw new EnvironmentError(reader.problems);
  return deepFreeze(environment);
}

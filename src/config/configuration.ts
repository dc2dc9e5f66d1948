import { existsSync } from 'node:fs';

import { ConfigurationError } from './configuration.error.js';
import { deepFreeze } from './deep-freeze.js';
import { findMisspelt } from './find-misspelt.js';
import { type App, APPS, readApps } from './read-apps.js';
import { type Broker, readBroker } from './read-broker.js';
import { type DeskSettings, readDesk } from './read-desk.js';
import { type HttpSettings, readHttp } from './read-http.js';
import { type LogFormat, readLogBodies, readLogFormat, readLogMessageContext } from './read-log-format.js';
import { type LogLevel, readLogLevel } from './read-log-level.js';
import { type Queues, readQueues } from './read-queues.js';
import { readTelemetry, type TelemetrySettings } from './read-telemetry.js';
import { readWorkers } from './read-workers.js';
import { VariableReader, type Variables } from './variable-reader.js';

/** The level of lines about messages with which all goes well. */
export type MessageLogLevel = 'info' | 'debug';

/** Everything that the process is told from outside: validated once, frozen. */
export interface Configuration {
  readonly production: boolean;
  readonly broker: Broker;
  readonly http: HttpSettings;
  readonly apps: readonly App[];
  readonly queues: Readonly<Record<App, Queues>>;
  readonly logLevel: LogLevel;
  readonly logFormat: LogFormat;
  /** Whether the lines that handlers log name the message they are about. */
  readonly logMessageContext: boolean;
  /** Whether lines about messages show their bodies. */
  readonly logBodies: boolean;
  /** At which level it is told of what goes well with messages; undefined where nobody would see it. */
  readonly logMessages: MessageLogLevel | undefined;
  readonly telemetry: TelemetrySettings;
  readonly desk: DeskSettings;
  /** How many processes share the work; 1 is this one alone. */
  readonly workers: number;
  /** A line for each variable that looks like one of ours and is not read. */
  readonly warnings: readonly string[];
}

/** The process's variables, and those of an `.env` file in the working directory that the process does not have. */
export function loadVariables(): Variables {
  if (!existsSync('.env')) return process.env;
  try {
    process.loadEnvFile('.env');
  } catch (error) {
    const code = error instanceof Object && 'code' in error ? String(error.code) : String(error);
    throw new ConfigurationError([`.env: must be a file that can be read (${code})`]);
  }
  return process.env;
}

/**
 * Reads and validates the variables; an empty one counts as absent.
 * @throws ConfigurationError with every problem, not only the first
 */
export function readConfiguration(variables: Variables): Configuration {
  const reader = new VariableReader(variables);
  const settings = readAll(reader);
  const warnings = findMisspelt(variables, variableNames(), APPS);
  // A misspelt name often explains what is missing.
  if (reader.problems.length > 0) throw new ConfigurationError([...reader.problems, ...warnings]);
  return deepFreeze({ ...settings, warnings });
}

function readAll(reader: VariableReader): Omit<Configuration, 'warnings'> {
  const production = reader.text('NODE_ENV').toLowerCase() === 'production';
  const broker = readBroker(reader, production);
  const http = readHttp(reader, production);
  const apps = readApps(reader);
  const queues = readQueues(reader, apps);
  const logLevel = readLogLevel(reader);
  const workers = readWorkers(reader);
  return {
    production,
    broker,
    http,
    apps,
    queues,
    logLevel,
    logMessages: messageLogLevel(logLevel, production),
    logBodies: readLogBodies(reader, production),
    logFormat: readLogFormat(reader, production),
    logMessageContext: readLogMessageContext(reader),
    telemetry: readTelemetry(reader),
    desk: readDesk(reader, { production, authentication: http.authentication, workers }),
    workers,
  };
}

/** In production what goes well is for those who look for something: whoever sees none of it pays nothing for it. */
function messageLogLevel(logLevel: LogLevel, production: boolean): MessageLogLevel | undefined {
  if (logLevel === 'debug' || logLevel === 'trace') return production ? 'debug' : 'info';
  return logLevel === 'info' && !production ? 'info' : undefined;
}

/** The names of all variables that the service reads. */
export function variableNames(): ReadonlySet<string> {
  // Some variables are read only where others are absent, or chosen.
  const alternatives = [
    {},
    { SERVICE_BUS_NAMESPACE: 'name.servicebus.windows.net', SERVICE_BUS_SIGN_IN: 'browser' },
  ];
  const readers = alternatives.map((variables) => new VariableReader(variables));
  for (const reader of readers) readAll(reader);
  return new Set(readers.flatMap(({ names }) => [...names]));
}

import { existsSync } from 'node:fs';

/** The features that a process can run, by the names that `APPS` uses. */
export const APPS = ['feedback-form', 'counter', 'relay'] as const;

/** One of the features. */
export type App = (typeof APPS)[number];

/** What `LOG_LEVEL` may be, the quietest first. */
export const LOG_LEVELS = ['silent', 'fatal', 'error', 'warn', 'info', 'debug', 'trace'] as const;

/** How much is logged. */
export type LogLevel = (typeof LOG_LEVELS)[number];

/** The two queues of a feature. */
export interface Queues {
  readonly inQueue: string;
  readonly outQueue: string;
}

/** Which Service Bus this process talks to; `embedded` starts one inside the process. */
export type Broker =
  | { readonly kind: 'connection-string'; readonly connectionString: string }
  | { readonly kind: 'namespace'; readonly fullyQualifiedNamespace: string }
  | { readonly kind: 'embedded'; readonly port: number; readonly administrationPort: number };

/** Everything the process is told from outside: validated once, frozen. */
export interface Environment {
  readonly production: boolean;
  readonly broker: Broker;
  readonly http: { readonly host: string; readonly port: number };
  readonly apps: readonly App[];
  readonly queues: Readonly<Record<App, Queues>>;
  readonly logLevel: LogLevel;
}

/** The environment does not fit: `problems` has one line for each variable that is wrong. */
export class EnvironmentError extends Error {
  override readonly name = 'EnvironmentError';

  constructor(readonly problems: readonly string[]) {
    super(problems.join('\n'));
  }
}

type Variables = Readonly<Record<string, string | undefined>>;

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
  const reader = new Reader(variables);
  const production = reader.text('NODE_ENV').toLowerCase() === 'production';
  const environment: Environment = {
    production,
    broker: readBroker(reader, production),
    http: {
      host: reader.text('HOST', production ? '0.0.0.0' : '127.0.0.1', HOST, 'a host name or an IP address'),
      port: reader.port('PORT', 3000),
    },
    apps: readApps(reader),
    queues: {
      'feedback-form': reader.queues('feedback-form'),
      counter: reader.queues('counter'),
      relay: reader.queues('relay'),
    },
    logLevel: reader.oneOf('LOG_LEVEL', 'info', LOG_LEVELS),
  };
  checkQueues(reader, environment);
  if (reader.problems.length > 0) throw new EnvironmentError(reader.problems);
  return deepFreeze(environment);
}

const HOST = /^[A-Za-z0-9._:%-]+$/;
const NAMESPACE = /^[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?(?:\.[A-Za-z0-9-]+)+$/;
/** What Azure takes as an entity's name; a slash makes a path. */
const ENTITY = /^[A-Za-z0-9](?:[A-Za-z0-9._/-]{0,258}[A-Za-z0-9])?$/;

class Reader {
  readonly problems: string[] = [];

  constructor(private readonly variables: Variables) {}

  text(name: string, fallback = '', allowed = /^/, description = ''): string {
    const value = this.variables[name]?.trim() || fallback;
    if (value !== '' && !allowed.test(value)) this.refuse(name, value, description);
    return value;
  }

  port(name: string, fallback: number): number {
    const value = this.text(name, String(fallback));
    const port = /^\d{1,5}$/.test(value) ? Number(value) : Number.NaN;
    if (!(port <= 65_535)) this.refuse(name, value, 'a port: 0 to 65535, 0 picks a free one');
    return port;
  }

  oneOf<Choice extends string>(name: string, fallback: Choice, choices: readonly Choice[]): Choice {
    const value = this.text(name, fallback);
    const choice = choices.find((candidate) => candidate === value);
    if (choice === undefined) this.refuse(name, value, `one of ${choices.join(', ')}`);
    return choice ?? fallback;
  }

  queues(app: App): Queues {
    const allowed = 'a queue: letters, digits and . _ - / inside, at most 260 characters';
    const read = (way: 'in' | 'out'): string =>
      this.text(queueVariable(app, way), `${app}-${way}`, ENTITY, allowed);
    return { inQueue: read('in'), outQueue: read('out') };
  }

  refuse(name: string, value: string, allowed: string): void {
    this.problems.push(`${name}=${shown(name, value)}: must be ${allowed}`);
  }
}

/** A value as a problem shows it: never a secret, not even one that was put into the wrong variable. */
function shown(name: string, value: string): string {
  if (name === 'SB_CONNECTION' || /SharedAccess|AccountKey|password/i.test(value)) return '(not shown)';
  return JSON.stringify(value.length > 80 ? `${value.slice(0, 80)}…` : value);
}

function readBroker(reader: Reader, production: boolean): Broker {
  const connectionString = reader.text('SB_CONNECTION');
  const fullyQualifiedNamespace = reader.text(
    'SERVICE_BUS_NAMESPACE',
    '',
    NAMESPACE,
    'the host name of a namespace, like name.servicebus.windows.net',
  );
  if (connectionString && fullyQualifiedNamespace) {
    reader.problems.push('SB_CONNECTION and SERVICE_BUS_NAMESPACE are both set: set one of them');
  }
  if (connectionString) {
    checkConnectionString(reader, connectionString);
    return { kind: 'connection-string', connectionString };
  }
  if (fullyQualifiedNamespace) return { kind: 'namespace', fullyQualifiedNamespace };
  if (production) reader.problems.push('SB_CONNECTION or SERVICE_BUS_NAMESPACE is required');
  return {
    kind: 'embedded',
    port: reader.port('EMULATOR_PORT', 5672),
    administrationPort: reader.port('EMULATOR_ADMIN_PORT', 5300),
  };
}

function checkConnectionString(reader: Reader, connectionString: string): void {
  const keys = connectionString.split(';').map((part) => part.split('=', 1)[0]?.trim().toLowerCase());
  const signedIn =
    keys.includes('sharedaccesssignature') ||
    (keys.includes('sharedaccesskeyname') && keys.includes('sharedaccesskey'));
  if (!/(?:^|;)\s*Endpoint=sb:\/\/[^;]+/i.test(connectionString) || !signedIn) {
    const form = 'Endpoint=sb://…;SharedAccessKeyName=…;SharedAccessKey=…';
    reader.refuse('SB_CONNECTION', connectionString, `a connection string: ${form}`);
  } else if (keys.includes('entitypath')) {
    reader.refuse('SB_CONNECTION', connectionString, "a namespace's connection string: without EntityPath");
  }
}

function readApps(reader: Reader): App[] {
  const value = reader.text('APPS', APPS.join(','));
  const names = value.split(',').map((name) => name.trim());
  const apps = APPS.filter((app) => names.includes(app));
  const unknown = names.some((name) => name !== '' && !APPS.some((app) => app === name));
  if (unknown || apps.length === 0) reader.refuse('APPS', value, `some of ${APPS.join(',')}`);
  return apps;
}

function queueVariable(app: App, way: 'in' | 'out'): string {
  return `${app.replaceAll('-', '_')}_${way}_QUEUE`.toUpperCase();
}

/** Names are compared as Service Bus compares them: without regard to case. */
function checkQueues(reader: Reader, { apps, queues }: Environment): void {
  const readBy = new Map<string, App>();
  for (const app of apps) {
    const { inQueue, outQueue } = queues[app];
    // A handler that answers into its own queue would be fed with its own answers for ever.
    // The relay is the exception: with one name for both it is a plain queue and has no handler.
    if (inQueue.toLowerCase() === outQueue.toLowerCase() && app !== 'relay') {
      reader.refuse(queueVariable(app, 'out'), outQueue, `another queue than ${queueVariable(app, 'in')}`);
    }
    const other = readBy.get(inQueue.toLowerCase());
    if (other) {
      reader.refuse(queueVariable(app, 'in'), inQueue, `another queue than ${queueVariable(other, 'in')}`);
    }
    readBy.set(inQueue.toLowerCase(), app);
  }
}

function deepFreeze<Value extends object>(value: Value): Value {
  for (const part of Object.values(value)) if (typeof part === 'object' && part !== null) deepFreeze(part);
  return Object.freeze(value);
}

import { ServiceBusConfigurationError } from '../exceptions/service-bus-configuration.error.js';
import { type OptionNames, unknownOptions } from '../binding/unknown-options.js';
import {
  CONNECTION_OPTIONS,
  silenceProblems,
  unknownRetryOptions,
} from '../binding/connection-option-names.js';
import { type WireOptions } from '../format/payload-format.js';
import { wireProblems } from '../format/wire.js';
import { type ConnectionOptions } from '../sdk/index.js';

/** Options of a `ServiceBusClientProxy` in `ClientsModule.register`. */
export type ServiceBusClientProxyOptions = ConnectionOptions & {
  /** The queue that all messages go to, with the pattern's name as their subject. */
  readonly queue?: string;
  /** The topic that all messages go to, with the pattern's name as their subject. */
  readonly topic?: string;
  /** Pattern → queue. A pattern that is in neither map goes to the queue of its own name. */
  readonly queues?: Readonly<Record<string, string>>;
  /** Pattern → topic. */
  readonly topics?: Readonly<Record<string, string>>;
  /** Where replies to `send()` arrive: a queue of this instance alone, or one with sessions. */
  readonly replyQueue?: string;
  /** The reply queue requires sessions: instances share it, each with a session of its own. Default false. */
  readonly replyQueueRequiresSession?: boolean;
  /** The longest wait for the first reply, and for each further one, in milliseconds. Default 30,000. */
  readonly requestTimeoutMs?: number;
} & WireOptions;

export const DEFAULT_REQUEST_TIMEOUT_MS = 30_000;

const CLIENT_PROXY_OPTIONS: OptionNames<ServiceBusClientProxyOptions> = {
  ...CONNECTION_OPTIONS,
  queue: true,
  topic: true,
  queues: true,
  topics: true,
  replyQueue: true,
  replyQueueRequiresSession: true,
  requestTimeoutMs: true,
  formats: true,
  compression: true,
};

// Node's longest timer delay: a longer one fires at once.
const MAX_TIMEOUT_MS = 2_147_483_647;

/** Throws a ServiceBusConfigurationError that names every wrong option. */
export function checkClientProxyOptions(
  options: ServiceBusClientProxyOptions | undefined,
): ServiceBusClientProxyOptions {
  const problems = findProblems(options);
  if (!options || problems.length > 0) {
    throw new ServiceBusConfigurationError(problems.map((problem) => `ServiceBusClientProxy: ${problem}`));
  }
  return options;
}

function findProblems(options: Partial<ServiceBusClientProxyOptions> = {}): string[] {
  const problems = [
    ...unknownOptions(options, CLIENT_PROXY_OPTIONS),
    ...unknownRetryOptions(options.retryOptions),
    ...silenceProblems(options),
    ...wireProblems(options),
  ];
  const { connectionString, fullyQualifiedNamespace } = options as Record<string, unknown>;
  if (Boolean(connectionString) === Boolean(fullyQualifiedNamespace)) {
    problems.push('one of connectionString and fullyQualifiedNamespace is required');
  }
  if (options.queue !== undefined && options.topic !== undefined) {
    problems.push('names a queue and a topic: one of them');
  }
  for (const name of ['queue', 'topic'] as const) {
    if (options[name] === '') problems.push(`${name} is empty`);
  }
  for (const pattern of Object.keys(options.queues ?? {})) {
    if (Object.hasOwn(options.topics ?? {}, pattern)) {
      problems.push(`pattern "${pattern}" is in queues and in topics: one of them`);
    }
  }
  return [...problems, ...replyProblems(options)];
}

/** What is wrong with how replies are waited for, one line each. */
export function replyProblems({
  replyQueue,
  requestTimeoutMs = DEFAULT_REQUEST_TIMEOUT_MS,
}: Pick<ServiceBusClientProxyOptions, 'replyQueue' | 'requestTimeoutMs'>): string[] {
  const problems: string[] = [];
  if (replyQueue === '') problems.push('replyQueue is empty');
  if (!(requestTimeoutMs > 0 && requestTimeoutMs <= MAX_TIMEOUT_MS)) {
    problems.push(
      `requestTimeoutMs is ${requestTimeoutMs}, allowed is a number over 0, up to ${MAX_TIMEOUT_MS}`,
    );
  }
  return problems;
}

import {
  CONNECTION_OPTIONS,
  silenceProblems,
  unknownRetryOptions,
} from './binding/connection-option-names.js';
import { replyProblems } from './client/service-bus-client-proxy-options.js';
import { type UsedReplyQueue } from './binding/binding-registry.js';
import { type DeclaredDestination } from './binding/entity-options.js';
import { destinationProblems } from './binding/entity-problems.js';
import { type OptionNames, unknownOptions } from './binding/unknown-options.js';
import { type WireOptions } from './format/payload-format.js';
import { wireProblems } from './format/wire.js';
import { type PublisherSettings } from './contract/service-bus.publisher.js';
import { toText } from './exceptions/read-thrown.js';
import { type ConnectionOptions } from './sdk/index.js';
import { type MessageLogLevel } from './telemetry/message-log.js';

/** Options of `ServiceBusModule.forRoot`. */
export type ServiceBusModuleOptions = ConnectionOptions & {
  /** How long a shutdown lets handlers finish, in milliseconds. Default 25,000. */
  readonly drainTimeoutMs?: number;
  /**
   * Lets `currentMessage()` tell handlers, and all that they call, which message is in work: for log lines. Costs
   * some throughput, most of it before Node 24. Default false.
   */
  readonly currentMessage?: boolean;
  /**
   * Where metrics are collected: how old the number of messages in the bound queues and subscriptions may be, in
   * milliseconds. Needs the right to manage them. Default 0: it is not asked for.
   */
  readonly queueDepthIntervalMs?: number;
  /**
   * Logs a line at this level for each message that a handler is done with: where it came from and where its result
   * went, how long it took, and which attempt it was; never its body. Default: none.
   */
  readonly logMessages?: MessageLogLevel | false;
  /** False lets payloads of contracts leave, and replies arrive, unvalidated. Default true. */
  readonly validateContracts?: boolean;
  /** Where replies to `ServiceBusPublisher.request` arrive: a queue of this instance alone, or one with sessions. */
  readonly replyQueue?: string;
  /** The reply queue requires sessions: instances share it, each with a session of its own. Default false. */
  readonly replyQueueRequiresSession?: boolean;
  /**
   * What the reply queue is like, for `provision` and the command `topology`; `external` where somebody else owns it.
   * Default: answers that nobody waits for any more vanish after a day (`P1D`).
   */
  readonly replyQueueEntity?: DeclaredDestination;
  /** The longest wait for a reply, in milliseconds. Default 30,000. */
  readonly requestTimeoutMs?: number;
  /**
   * What is done at the start about the queues, topics and subscriptions that bindings declare. `create` makes what is
   * missing, and leaves what is there as it is; `verify` stops the start where something is missing or differs; both need
   * the right to manage. Default `none`: those who deploy see to it, with the command `topology`.
   */
  readonly provision?: Provision;
  /**
   * Stands before the name of each queue and topic that the application names: for a developer's own entities in a
   * namespace that others use as well. A `replyTo` that a message names is taken as it is. Default: none.
   */
  readonly entityPrefix?: string;
  /** Dead-letters messages whose content type none of `formats` reads, as `UndecodableMessage`. Default false. */
  readonly strictFormats?: boolean;
} & WireOptions;

/** See `provision` of `ServiceBusModule.forRoot`. */
export type Provision = 'create' | 'verify' | 'none';

export const DEFAULT_DRAIN_TIMEOUT_MS = 25_000;

const MODULE_OPTIONS: OptionNames<ServiceBusModuleOptions> = {
  ...CONNECTION_OPTIONS,
  drainTimeoutMs: true,
  currentMessage: true,
  queueDepthIntervalMs: true,
  logMessages: true,
  validateContracts: true,
  replyQueue: true,
  replyQueueRequiresSession: true,
  replyQueueEntity: true,
  requestTimeoutMs: true,
  provision: true,
  entityPrefix: true,
  formats: true,
  compression: true,
  strictFormats: true,
};

/** What is wrong with the options of `forRoot`, one line each. */
export function moduleOptionsProblems(options: ServiceBusModuleOptions | undefined, name?: string): string[] {
  const { connectionString, fullyQualifiedNamespace } = (options ?? {}) as Record<string, unknown>;
  const problems = [
    ...unknownOptions(options, { ...MODULE_OPTIONS, name: true }),
    ...unknownRetryOptions(options?.retryOptions),
    ...silenceProblems(options),
  ];
  if (!connectionString && !fullyQualifiedNamespace) {
    problems.push('connectionString or fullyQualifiedNamespace is required');
  }
  if (connectionString && fullyQualifiedNamespace) {
    problems.push('connectionString and fullyQualifiedNamespace are both set: set one of them');
  }
  for (const name of ['drainTimeoutMs', 'queueDepthIntervalMs'] as const) {
    const value = options?.[name];
    if (value !== undefined && !(Number.isFinite(value) && value >= 0)) {
      problems.push(`${name} is ${value}, allowed is a number from 0`);
    }
  }
  // `forRootAsync` cannot know what its factory will call the connection: features ask for it by its name.
  if (options && 'name' in options) problems.push('name belongs beside useFactory, not into what it returns');
  problems.push(...choiceProblems(options), ...replyProblems(options ?? {}), ...replyQueueProblems(options));
  problems.push(...wireProblems(options ?? {}));
  return problems.map((problem) => `${nameRoot(name)}: ${problem}`);
}

function nameRoot(name: string | undefined): string {
  return name === undefined ? 'ServiceBusModule' : `ServiceBusModule "${name}"`;
}

function replyQueueProblems(options: Partial<ServiceBusModuleOptions> = {}): string[] {
  const { replyQueue, replyQueueEntity: entity, replyQueueRequiresSession = false } = options;
  if (entity === undefined) return [];
  const problems = destinationProblems('replyQueueEntity', entity);
  if (replyQueue === undefined) problems.push('replyQueueEntity needs replyQueue');
  if (typeof entity === 'string') return problems;
  const { kind = 'queue', requiresSession = replyQueueRequiresSession } = entity;
  if (kind !== 'queue') problems.push('replyQueueEntity.kind is topic: answers are read from a queue');
  if (requiresSession !== replyQueueRequiresSession) {
    problems.push(
      `replyQueueEntity.requiresSession is ${requiresSession}, and it is read ` +
        `${replyQueueRequiresSession ? 'with' : 'without'} sessions: say so by replyQueueRequiresSession alone`,
    );
  }
  return problems;
}

function choiceProblems(options: Partial<ServiceBusModuleOptions> | undefined): string[] {
  const problems: string[] = [];
  for (const name of [
    'fastLane',
    'validateContracts',
    'replyQueueRequiresSession',
    'strictFormats',
  ] as const) {
    const value: unknown = options?.[name];
    if (value !== undefined && typeof value !== 'boolean') {
      problems.push(`${name} is ${toText(value)}, allowed is true or false`);
    }
  }
  const logMessages: unknown = options?.logMessages;
  if (![undefined, false, 'info', 'debug'].includes(logMessages as string)) {
    problems.push(`logMessages is ${toText(logMessages)}, allowed is info, debug or false`);
  }
  const provision: unknown = options?.provision;
  if (![undefined, 'create', 'verify', 'none'].includes(provision as string)) {
    problems.push(`provision is ${toText(provision)}, allowed is create, verify or none`);
  }
  const entityPrefix: unknown = options?.entityPrefix ?? '';
  if (typeof entityPrefix !== 'string' || !/^(?:[A-Za-z0-9][\w.\-/]*)?$/.test(entityPrefix)) {
    problems.push(
      `entityPrefix is ${toText(entityPrefix)}, allowed are letters, digits, "-", "_", "." and "/"`,
    );
  }
  return problems;
}

/** The host of a namespace, for people: it tells no key. */
export function namespaceHost(options: ServiceBusModuleOptions | undefined): string {
  const { connectionString, fullyQualifiedNamespace } = (options ?? {}) as Record<string, unknown>;
  const text = typeof connectionString === 'string' ? connectionString : '';
  const host = /Endpoint=sb:\/\/([^/;]+)/i.exec(text)?.[1] ?? fullyQualifiedNamespace;
  return typeof host === 'string' ? host : 'a namespace that it does not name';
}

/** What of the options concerns publishing by contracts. */
export function publisherSettings(options: ServiceBusModuleOptions): PublisherSettings {
  const { replyQueue, replyQueueRequiresSession, requestTimeoutMs, validateContracts = true } = options;
  const { formats, compression } = options;
  const settings = { validates: validateContracts, wire: { formats, compression } };
  if (replyQueue === undefined) return { ...settings, client: undefined };
  const connection = Object.fromEntries(
    Object.entries(options).filter(([name]) => name in CONNECTION_OPTIONS),
  );
  const queue = (options.entityPrefix ?? '') + replyQueue;
  const client = {
    ...connection,
    replyQueue: queue,
    replyQueueRequiresSession,
    requestTimeoutMs,
    formats,
    compression,
  };
  return { ...settings, client: client as unknown as PublisherSettings['client'] };
}

/** The queue that answers come to, for what describes the application and makes its entities. */
export function usedReplyQueue(options: ServiceBusModuleOptions): UsedReplyQueue | undefined {
  const { replyQueue: name, replyQueueRequiresSession: requiresSession = false, replyQueueEntity } = options;
  return name === undefined ? undefined : { name, requiresSession, options: replyQueueEntity ?? {} };
}

import { type Compression, type PayloadFormat, type WireOptions } from '../format/payload-format.js';
import { type BindingRetryPolicy } from './retry-policy.js';
import { type DeclaredDestination, type DeclaredEntity, type EntityOptions } from './entity-options.js';
import { type CircuitBreakerPolicy } from './circuit-breaker-policy.js';
import { type RateStoreSource } from './rate-store.js';
import { type WatchdogPolicy } from './watchdog-policy.js';

/** How a binding reads an entity that requires sessions. */
export interface SessionOptions {
  /** Sessions held at once, 1 to 10,000; one message of each is in work at a time. Default 8. */
  readonly maxConcurrentSessions: number;
  /** A session that brought no message for this long is released, in milliseconds. Default 1,000. */
  readonly idleTimeoutMs: number;
  /**
   * Counts runs whose process died, which the broker does not count in sessions: the first message of each session
   * that is accepted is given back once, with its attempt written down, and taken again. Costs a round trip for each
   * acceptance, and one delivery of the queue's MaxDeliveryCount. Default true.
   */
  readonly countsLostRuns: boolean;
}

/** How a binding's messages are gathered for a handler that takes many at once. */
export interface BatchOptions {
  /** The most messages in one call, 1 to 500. Default 50. */
  readonly maxMessages: number;
  /** How long the first message of a batch waits for others, in milliseconds. Default 100. */
  readonly maxWaitMs: number;
}

/** Bounds of a binding whose calls at once follow the load. */
export interface AdaptiveOptions {
  /** The most messages in work at once, 1 to 500. Default 200. */
  readonly max: number;
}

/** How fast the handlers of a binding are called. */
export interface RateOptions {
  /** Messages given to handlers in a second, each attempt counted, 0.001 to 1,000,000; 0.5 is one in two seconds. */
  readonly perSecond: number;
  /** So many may follow one another at once after a time with fewer, 1 to 1,000,000. Default 1: at equal distances. */
  readonly burst?: number;
  /**
   * Shares the rate with all who ask the same store by the same key: other instances, and other bindings. Default: the
   * rate is this process's.
   */
  readonly store?: RateStoreSource;
  /** Names the rate in its store, 1 to 200 characters. Default: what the binding reads, such as `orders`. */
  readonly key?: string;
  /**
   * So many messages a second this process goes on with alone while the store fails, at most `perSecond`; leave it to
   * each process' part. Default: none, they wait for the store.
   */
  readonly fallbackPerSecond?: number;
}

/** A rate with every choice made. */
export interface ResolvedRate extends Required<Pick<RateOptions, 'perSecond' | 'burst'>> {
  /** Undefined for a rate that is this process's. */
  readonly store: RateStoreSource | undefined;
  readonly key: string | undefined;
  readonly fallbackPerSecond: number | undefined;
}

/** Whose `replyTo` is honoured: see `BindingOptions.allowReplyTo`. */
export type AllowReplyTo = boolean | readonly string[] | ((destination: string) => boolean);

/** Where a pattern's messages come from and how they are handled, as a feature module declares it. */
export interface BindingOptions extends WireOptions {
  /**
   * The `name` of the `forRoot` whose namespace this is: what is read, and where results go. Default: that of the
   * `forRoot` without a name.
   */
  readonly connection?: string;
  /** The queue to read. Default: the queue that is named like the pattern. */
  readonly queue?: string;
  /** The topic to read, together with `subscription`. */
  readonly topic?: string;
  /** The subscription of `topic` to read. */
  readonly subscription?: string;
  /**
   * Connects what is read by a key of its own, which needs the right Listen alone, in place of `forRoot`'s: the
   * connection string of a queue's or a topic's access policy, in the same namespace. With delays beyond
   * `retry.maxHoldMs`, the right Send saves holding locks.
   */
  readonly connectionString?: string;
  /** The queue or topic that results go to when the message names no `replyTo` itself. */
  readonly replyTo?: string;
  /** Connects `replyTo` by a key of its own, which needs the right Send alone, in place of `forRoot`'s. */
  readonly replyToConnectionString?: string;
  /**
   * Which places a message may name in its own `replyTo`, and have results and errors sent there: all of them, none,
   * those of these names, or those that a function says yes to. What is not allowed counts as not named. Default
   * `true`; narrow it where not every sender to the input is trusted.
   */
  readonly allowReplyTo?: AllowReplyTo;
  /**
   * With `false` handlers get bodies as they came: a Buffer, or AMQP's own value. No message is then undecodable, for
   * whoever only passes messages on. Default `true`: by the content type.
   */
  readonly decode?: boolean;
  /** Dead-letters messages whose content type none of `formats` reads, as `UndecodableMessage`. Default false. */
  readonly strictFormats?: boolean;
  /**
   * Messages in work at once, 1 to 500. Default 16. `auto` begins with 16, takes more while throughput grows with
   * them, and less when locks, the broker or the event loop suffer; `{ max }` is the same with a bound of its own.
   */
  readonly maxConcurrentCalls?: number | 'auto' | AdaptiveOptions;
  /**
   * Messages beyond `maxConcurrentCalls` that wait here, or are on their way, so that handlers need not wait for the
   * network; 0 to 500. `auto` learns from the distance and from the handlers how many are worth it, and gives back those
   * that do not get their turn within two seconds. Default `auto`.
   */
  readonly prefetch?: 'auto' | number;
  /** The handler takes arrays of messages, and each call is one of `maxConcurrentCalls`. Default: one by one. */
  readonly batch?: Partial<BatchOptions>;
  /** How often and how late failed messages are tried again; what is left out has its default. */
  readonly retry?: Partial<BindingRetryPolicy>;
  /** Pauses the binding while too many of its messages fail; `true` for the defaults. Default: none. */
  readonly circuitBreaker?: boolean | Partial<CircuitBreakerPolicy>;
  /** Limits how fast handlers are called; what has to wait stays at the broker. Default: no limit. */
  readonly rate?: RateOptions;
  /** When a binding that receives nothing, although messages wait, gets a fresh receiver. */
  readonly watchdog?: Partial<WatchdogPolicy>;
  /** Starts paused: receives nothing until `ServiceBusBindings.resume`. Default false. */
  readonly paused?: boolean;
  /** For a queue or subscription that requires sessions, in place of `maxConcurrentCalls`. */
  readonly sessions?: Partial<SessionOptions>;
  /**
   * What the queue or subscription is like that is read: for `provision`, and for the command `topology`. `external` is
   * somebody else's. Default: what we recommend.
   */
  readonly entity?: DeclaredEntity<EntityOptions>;
  /** The same for what `replyTo` names. */
  readonly replyToEntity?: DeclaredDestination;
}

/** A binding with every choice made. */
export interface Binding {
  readonly pattern: string;
  /** Undefined for the connection without a name. */
  readonly connection: string | undefined;
  /** The queue, or the topic when there is a subscription. */
  readonly entity: string;
  readonly subscription: string | undefined;
  /** As Service Bus addresses it: `queue` or `topic/Subscriptions/subscription`. */
  readonly entityPath: string;
  /** Undefined where it is read by the application's own connection. */
  readonly connectionString: string | undefined;
  readonly replyTo: string | undefined;
  readonly replyToConnectionString: string | undefined;
  readonly allowReplyTo: AllowReplyTo;
  readonly decode: boolean;
  /** Undefined where nothing is said of them: JSON, and bytes as they are. */
  readonly formats: readonly PayloadFormat[] | undefined;
  readonly compression: Compression | false | undefined;
  readonly strictFormats: boolean | undefined;
  /** Where it is adaptive, what it begins with. */
  readonly maxConcurrentCalls: number;
  /** Undefined for a binding with a fixed number of calls at once. */
  readonly adaptive: AdaptiveOptions | undefined;
  /** Undefined where it is learnt. */
  readonly prefetch: number | undefined;
  /** Undefined for a binding whose handlers take one message at a time. */
  readonly batch: BatchOptions | undefined;
  readonly retry: BindingRetryPolicy;
  /** Undefined for a binding without one. */
  readonly circuitBreaker: CircuitBreakerPolicy | undefined;
  /** Undefined for a binding without one. */
  readonly rate: ResolvedRate | undefined;
  readonly watchdog: WatchdogPolicy;
  readonly paused: boolean;
  /** Undefined for an entity without sessions. */
  readonly sessions: SessionOptions | undefined;
  /** What is said of the queue or subscription. */
  readonly declaredEntity: DeclaredEntity<EntityOptions>;
  /** What is said of `replyTo`. */
  readonly declaredReplyTo: DeclaredDestination;
}

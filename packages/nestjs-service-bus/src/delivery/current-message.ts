import { AsyncLocalStorage } from 'node:async_hooks';

import { type Delivery } from './delivery.js';
import { readTraceContext } from './trace-context.js';

/** How the processing of a message has ended. */
export interface ProcessingEnd {
  /** What became of the message. */
  readonly outcome: string;
  /** From its handler's start until the broker has settled it, in milliseconds. */
  readonly durationMs: number;
}

/** The message that is in work, by what a log line may tell of it. */
export class CurrentMessage {
  readonly #delivery: Delivery;
  readonly #spanTraceId: string | undefined;

  /** @internal */
  constructor(
    delivery: Delivery,
    /** The queue, or `topic/Subscriptions/subscription`, that the message came from. */
    readonly entityPath: string,
    spanTraceId?: string,
    /** Set in the one line that tells of it. */
    readonly end?: ProcessingEnd,
  ) {
    this.#delivery = delivery;
    this.#spanTraceId = spanTraceId;
  }

  /** As the sender gave it; undefined if it gave none. */
  get messageId(): string | undefined {
    const { messageId } = this.#delivery.message;
    return messageId === undefined ? undefined : String(messageId);
  }

  /** As the sender gave it; undefined if it gave none. */
  get correlationId(): string | undefined {
    const { correlationId } = this.#delivery.message;
    return correlationId === undefined ? undefined : String(correlationId);
  }

  /** Of the trace that runs through this service, or else of the one that the message was sent in. */
  get traceId(): string | undefined {
    return this.#spanTraceId ?? readTraceContext(this.#delivery.message.applicationProperties)?.traceId;
  }

  /** The number of this attempt, 1 for the first. */
  get attempt(): number {
    return this.#delivery.attempt;
  }

  /** All of it, for a log line. */
  toJSON(): Record<string, string | number | undefined> {
    const { messageId, correlationId, traceId, entityPath, attempt } = this;
    return { messageId, correlationId, traceId, entityPath, attempt };
  }
}

const storage = new AsyncLocalStorage<CurrentMessage>();
/** Set only while something runs that does not wait. */
let toldAbout: CurrentMessage | undefined;

/**
 * Which message is in work, for whoever asks in a handler or in what it calls; for log lines above all. Needs the
 * option `currentMessage` of `ServiceBusModule.forRoot`; the module's own lines tell it without.
 */
export function currentMessage(): CurrentMessage | undefined {
  return toldAbout ?? storage.getStore();
}

/** Does work during which `currentMessage()` tells this message. */
export function withCurrentMessage<Result>(message: CurrentMessage, work: () => Result): Result {
  return storage.run(message, work);
}

/** Logs a line that is about this message, whether or not messages in work are tracked. */
export function aboutMessage(
  delivery: Delivery,
  { entityPath }: { readonly entityPath: string },
  log: () => void,
  end?: ProcessingEnd,
): void {
  if (!end && currentMessage()) return log();
  toldAbout = new CurrentMessage(delivery, entityPath, undefined, end);
  try {
    log();
  } finally {
    toldAbout = undefined;
  }
}

import {
  type OperationOptionsBase,
  type ServiceBusMessage,
  type ServiceBusMessageBatch,
} from '@azure/service-bus';

import { errorCode, type SendingLink } from '../sdk/index.js';
import { type Sendable, type SendObserver } from './send-observer.js';

/** One caller's send, waiting for its turn. */
interface Pending {
  readonly message: Sendable;
  /** Set if the message needs a transfer of its own. */
  readonly options?: OperationOptionsBase;
  readonly resolve: () => void;
  readonly reject: (error: unknown) => void;
}

/** Bounds a batch, so that one refusal does not affect too many callers. */
const MAX_BATCH_MESSAGES = 1_000;

/**
 * A sender on which concurrent single sends travel as one batch, in the order of the calls; each caller's promise
 * settles with its own message. Messages sent while a batch is in flight form the next one.
 */
export class CoalescingSender {
  private pending: Pending[] = [];
  private isFlushing = false;
  private flushed: Promise<void> = Promise.resolve();

  constructor(
    private readonly link: SendingLink,
    private readonly observer?: SendObserver,
  ) {}

  /** Sends one message; resolves when the broker has accepted it. */
  send(message: ServiceBusMessage): Promise<void> {
    const tracer = this.observer?.tracer;
    return tracer ? tracer.send(message, (traced) => this.enqueue(traced)) : this.enqueue(message);
  }

  /** Sends an array or a batch in a transfer of its own, after earlier sends. */
  sendAlone(message: Sendable, options: OperationOptionsBase = {}): Promise<void> {
    const tracer = this.observer?.tracer;
    if (!tracer) return this.enqueue(message, options);
    return tracer.send(message, (traced) => this.enqueue(traced, options));
  }

  /** Waits for all pending sends; the SDK's sender stays open. */
  async idle(): Promise<void> {
    while (this.isFlushing) await this.flushed;
  }

  private enqueue(message: Sendable, options?: OperationOptionsBase): Promise<void> {
    return new Promise((resolve, reject) => {
      this.pending.push({ message, options, resolve, reject });
      if (this.isFlushing) return;
      this.isFlushing = true;
      // After this turn of the event loop, so that its other sends join the batch.
      this.flushed = new Promise((done) => setImmediate(() => void this.flush().finally(done)));
    });
  }

  private async flush(): Promise<void> {
    while (this.pending.length > 0) {
      const sends = this.pending;
      this.pending = [];
      for (let index = 0; index < sends.length;) {
        index = await this.sendFrom(sends, index);
      }
    }
    this.isFlushing = false;
  }

  /** Sends as many messages from `start` on as fit into one transfer, and returns the next index. */
  private async sendFrom(sends: readonly Pending[], start: number): Promise<number> {
    const first = sends[start];
    if (!first) return sends.length;
    if (first.options || start + 1 === sends.length) {
      await this.sendOne(first);
      return start + 1;
    }
    let batch: ServiceBusMessageBatch;
    try {
      batch = await this.link.createBatch();
    } catch (error) {
      for (const send of sends.slice(start)) send.reject(error);
      return sends.length;
    }
    const [members, next] = fill(batch, sends, start);
    if (members.length > 1) await this.sendBatch(batch, members);
    else if (members[0]) await this.sendOne(members[0]);
    return next;
  }

  private async sendBatch(batch: ServiceBusMessageBatch, members: readonly Pending[]): Promise<void> {
    try {
      await this.transfer(batch);
      for (const member of members) member.resolve();
    } catch (error) {
      if (!blamesOneMessage(error)) {
        for (const member of members) member.reject(error);
        return;
      }
      // Send one by one, in order, so that only the faulty message fails.
      for (const member of members) await this.sendOne(member);
    }
  }

  private async sendOne(send: Pending): Promise<void> {
    try {
      await this.transfer(send.message, send.options);
      send.resolve();
    } catch (error) {
      send.reject(error);
    }
  }

  private transfer(messages: Sendable, options?: OperationOptionsBase): Promise<void> {
    const meter = this.observer?.meter;
    if (!meter) return this.link.transfer(messages, options);
    return meter.transfer(messages, () => this.link.transfer(messages, options));
  }
}

/** Fills the batch from `start` on. If the first message does not fit, it becomes the only member, to be sent alone. */
function fill(batch: ServiceBusMessageBatch, sends: readonly Pending[], start: number): [Pending[], number] {
  const members: Pending[] = [];
  let index = start;
  for (; index < sends.length && members.length < MAX_BATCH_MESSAGES; index++) {
    const send = sends[index];
    if (!send || send.options) break;
    try {
      if (!batch.tryAddMessage(send.message as ServiceBusMessage)) {
        if (members.length > 0) break;
        return [[send], index + 1];
      }
      members.push(send);
    } catch (error) {
      // Not a message, or one with a property that cannot be encoded.
      send.reject(error);
    }
  }
  return [members, index];
}

/** Whether a single message may have caused the error: the broker refuses a batch as a whole. */
function blamesOneMessage(error: unknown): boolean {
  const code = errorCode(error);
  return code === 'GeneralError' || code === 'MessageSizeExceeded';
}

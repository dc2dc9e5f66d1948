import { type WritePacket } from '@nestjs/microservices';

import { type Wire } from '../format/wire.js';
import { type Reply } from './read-reply.js';

/** Nest's callback for one request: called with values, then with the end or an error. */
export type Answer = (packet: WritePacket) => void;

/** Replies overtake each other by a batch; more that wait for one that does not come are not ours. */
const MAX_OUT_OF_ORDER = 10_000;

/** Many replies have come, and one before them has not. */
class MissingReplyError extends Error {
  override readonly name = 'MissingReplyError';

  constructor(
    /** The index of the reply that has not come. */
    readonly index: number,
    /** How many have come that follow it. */
    readonly received: number,
  ) {
    super(`${received} replies came, and number ${index} did not`);
  }
}

/** A request that waits for replies, and hands them on in order, each exactly once. */
export class PendingRequest {
  private next = 0;
  private readonly outOfOrder = new Map<number, unknown>();
  private readonly timer: NodeJS.Timeout;
  private isDone = false;

  constructor(
    private readonly answer: Answer,
    timeoutMs: number,
    onTimeout: () => void,
    private readonly onDone: () => void,
    /** How its replies are read; undefined where nothing is said of it. */
    readonly wire?: Wire,
  ) {
    this.timer = setTimeout(onTimeout, timeoutMs);
  }

  receive(reply: Reply): void {
    // Reading a reply may take longer than its request waits.
    if (this.isDone) return;
    if (reply.kind === 'error') return this.fail(reply.error);
    this.timer.refresh();
    // A redelivered request replies again: ignore replies that were handed on.
    if (reply.index >= this.next && reply.index < reply.count) this.outOfOrder.set(reply.index, reply.value);
    while (!this.isDone && this.outOfOrder.has(this.next)) {
      const response = this.outOfOrder.get(this.next);
      this.outOfOrder.delete(this.next++);
      this.answer({ response });
    }
    if (this.outOfOrder.size > MAX_OUT_OF_ORDER) {
      return this.fail(new MissingReplyError(this.next, this.outOfOrder.size));
    }
    if (this.isDone || this.next < reply.count) return;
    this.end();
    this.answer({ isDisposed: true });
  }

  fail(error: unknown): void {
    if (this.isDone) return;
    this.end();
    this.answer({ err: error });
  }

  /** Stops waiting for replies. */
  end(): void {
    if (this.isDone) return;
    this.isDone = true;
    clearTimeout(this.timer);
    this.outOfOrder.clear();
    this.onDone();
  }
}

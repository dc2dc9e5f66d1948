import { type WritePacket } from '@nestjs/microservices';

import { type Reply } from './read-reply.js';

/** Nest's callback of one request: values, then the end or an error. */
export type Answer = (packet: WritePacket) => void;

/** A request whose replies are still to come; it hands them on in order, each one once. */
export class PendingRequest {
  private next = 0;
  private readonly early = new Map<number, unknown>();
  private readonly timer: NodeJS.Timeout;
  private isDone = false;

  constructor(
    private readonly answer: Answer,
    timeoutMs: number,
    onTimeout: () => void,
    private readonly onDone: () => void,
  ) {
    this.timer = setTimeout(onTimeout, timeoutMs);
  }

  receive(reply: Reply): void {
    if (reply.kind === 'error') return this.fail(reply.error);
    this.timer.refresh();
    // A redelivered request replies again: what is known already is left out.
    if (reply.index >= this.next && reply.index < reply.count) this.early.set(reply.index, reply.value);
    while (!this.isDone && this.early.has(this.next)) {
      const response = this.early.get(this.next);
      this.early.delete(this.next++);
      this.answer({ response });
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

  /** Nobody waits for it any more. */
  end(): void {
    if (this.isDone) return;
    this.isDone = true;
    clearTimeout(this.timer);
    this.early.clear();
    this.onDone();
  }
}

import { AsyncResource } from 'node:async_hooks';

import { type MessageHandler } from '@nestjs/microservices';

import { type BatchOptions } from '../../binding/binding.js';
import { type MessageRuntime } from '../../message/binding-runtime.js';
import { isFailure } from '../../message/outcome.js';
import { processMessage } from '../../message/process-message.js';
import { type BatchEntry, runBatch } from '../../message/run-batch.js';
import { BatchQueue } from './batch-queue.js';
import { type Capacity } from './capacity.js';
import { type Delivery } from '../../delivery/delivery.js';
import { DrainedError } from '../../exceptions/drained.error.js';
import { PausedError } from '../../exceptions/paused.error.js';
import { type Dispatcher } from './dispatcher.js';

/** One call of a handler. It holds its slot until none of its messages takes part in it any more. */
interface BatchCall {
  readonly generation: number;
  readonly begunAtMs: number;
  left: number;
}

/**
 * Processes messages in batches. Each message goes through the same steps as a single one, except that, instead of
 * calling its handler, it waits for others and gets its own part of the result of the common call.
 */
export class BatchDispatcher implements Dispatcher {
  private readonly runtime: MessageRuntime;
  private readonly queues = new Map<MessageHandler, BatchQueue<BatchEntry>>();
  private readonly calls = new WeakMap<Delivery, BatchCall>();
  /** Keeps a call out of the trace of the message that happened to fill the batch. */
  private readonly ownContext = new AsyncResource('ServiceBusBatch');
  private isClosed = false;
  private isPaused = false;

  constructor(
    private readonly capacity: Capacity,
    private readonly options: BatchOptions,
    runtime: MessageRuntime,
    /** Told whenever there is room for other messages. */
    private readonly roomMade: () => void,
  ) {
    const attempt: MessageRuntime['attempt'] = (handler, payload, context, delivery) =>
      new Promise((resolve, reject) => {
        if (this.isClosed) reject(new DrainedError());
        else if (this.isPaused) reject(new PausedError());
        else this.queueOf(handler).add({ payload, context, delivery, resolve, reject });
      });
    this.runtime = { ...runtime, attempt };
  }

  get waiting(): number {
    return [...this.queues.values()].reduce((count, queue) => count + queue.waitingForSlot, 0);
  }

  async dispatch(delivery: Delivery): Promise<boolean> {
    const { capacity, calls } = this;
    if (this.isClosed || this.isPaused) {
      capacity.left();
      return false;
    }
    // With a rate, the room for others depends on what has come.
    if (capacity.rate) this.roomMade();
    let isPresent = true;
    const leave = (): void => {
      if (!isPresent) return;
      isPresent = false;
      this.leave(calls.get(delivery));
    };
    delivery.onHandled = () => {
      const call = calls.get(delivery);
      if (call) capacity.handled(this.runtime.clock.now() - call.begunAtMs);
      if (capacity.letsHandledGo) leave();
    };
    const outcome = await processMessage(delivery, this.runtime);
    const call = calls.get(delivery);
    if (outcome && call) capacity.breaker?.end(call.generation, isFailure(outcome));
    leave();
    return true;
  }

  pause(): void {
    this.isPaused = true;
    this.rejectWaiting(() => new PausedError());
  }

  resume(): void {
    this.isPaused = false;
  }

  close(): void {
    this.isClosed = true;
    this.rejectWaiting(() => new DrainedError());
  }

  private rejectWaiting(reason: () => Error): void {
    for (const queue of this.queues.values()) {
      for (const { reject } of queue.clear()) reject(reason());
    }
  }

  private leave(call: BatchCall | undefined): void {
    const { breaker, slots } = this.capacity;
    this.capacity.left();
    if (call && --call.left === 0) {
      breaker?.beforeRelease(call.generation);
      slots.release();
    }
    this.roomMade();
  }

  private queueOf(handler: MessageHandler): BatchQueue<BatchEntry> {
    let queue = this.queues.get(handler);
    if (!queue) {
      queue = new BatchQueue(this.options, this.capacity.slots, (entries) => this.run(entries, handler));
      this.queues.set(handler, queue);
    }
    return queue;
  }

  private run(entries: readonly BatchEntry[], handler: MessageHandler): void {
    const generation = this.capacity.breaker?.begin() ?? 0;
    const call = { generation, begunAtMs: this.runtime.clock.now(), left: entries.length };
    if (this.capacity.rate) this.roomMade();
    const held: BatchEntry[] = [];
    for (const entry of entries) {
      this.calls.set(entry.delivery, call);
      const { isInterrupted, message } = entry.delivery;
      // While it waited, its lock was lost, or an earlier delivery of the same message was completed.
      if (isInterrupted || this.runtime.completed.has(message)) entry.resolve([]);
      else held.push(entry);
    }
    this.ownContext.runInAsyncScope(() => void runBatch(held, handler, this.runtime.invoke));
  }
}

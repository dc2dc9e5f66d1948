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
import { type Dispatcher } from './dispatcher.js';

/** A call of a handler; its slot is taken until all its messages are through. */
interface BatchCall {
  readonly era: number;
  left: number;
}

/**
 * Processes messages in batches: each goes the way of a single message, and where its handler would be called it
 * waits for others and gets its part of what the call for all of them gives.
 */
export class BatchDispatcher implements Dispatcher {
  private readonly runtime: MessageRuntime;
  private readonly queues = new Map<MessageHandler, BatchQueue<BatchEntry>>();
  private readonly calls = new WeakMap<Delivery, BatchCall>();
  /** A call belongs to none of its messages: not to the trace of the one that happened to complete it. */
  private readonly ownContext = new AsyncResource('ServiceBusBatch');
  private isClosed = false;

  constructor(
    private readonly capacity: Capacity,
    private readonly options: BatchOptions,
    runtime: MessageRuntime,
  ) {
    const attempt: MessageRuntime['attempt'] = (handler, payload, context, delivery) =>
      new Promise((resolve, reject) => {
        if (this.isClosed) reject(new DrainedError());
        else this.queueOf(handler).add({ payload, context, delivery, resolve, reject });
      });
    this.runtime = { ...runtime, attempt };
  }

  async dispatch(delivery: Delivery): Promise<boolean> {
    if (this.isClosed) return false;
    const outcome = await processMessage(delivery, this.runtime);
    const call = this.calls.get(delivery);
    if (!call) return true;
    const { breaker, slots } = this.capacity;
    if (outcome) breaker?.end(call.era, isFailure(outcome));
    if (--call.left > 0) return true;
    breaker?.over(call.era);
    slots.release();
    return true;
  }

  close(): void {
    this.isClosed = true;
    for (const queue of this.queues.values()) {
      for (const { reject } of queue.close()) reject(new DrainedError());
    }
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
    const call = { era: this.capacity.breaker?.begun() ?? 0, left: entries.length };
    const held: BatchEntry[] = [];
    for (const entry of entries) {
      this.calls.set(entry.delivery, call);
      const { isInterrupted, message } = entry.delivery;
      // While it waited its lock was lost, and it is not ours any more; or a former delivery's work came to its end.
      if (isInterrupted || this.runtime.completed.has(message)) entry.resolve([]);
      else held.push(entry);
    }
    this.ownContext.runInAsyncScope(() => void runBatch(held, handler, this.runtime.invoke));
  }
}

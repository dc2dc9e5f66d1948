import {
  type CreateMessageBatchOptions,
  type OperationOptionsBase,
  type ServiceBusMessageBatch,
  type ServiceBusSender,
} from '@azure/service-bus';

import { type Sendable } from '../send/send-observer.js';
import { type SenderPool } from '../send/sender-pool.js';

type Schedulable = Parameters<ServiceBusSender['scheduleMessages']>[0];

/** A queue or topic that is sent to by a key of its own. */
export interface KeyedDestination {
  /** Its name. */
  readonly entity: string;
  /** From its access policies, with the right Send. */
  readonly connectionString: string;
}

/** A queue or topic to send to. */
export type SenderEntity = string | KeyedDestination;

/** What `@InjectSender` injects: the SDK's sender, except that concurrent single sends travel as one batch. */
export class PooledSender implements ServiceBusSender {
  constructor(
    private readonly pool: SenderPool,
    readonly entityPath: string,
  ) {}

  get identifier(): string {
    return this.pool.sdkSender(this.entityPath).identifier;
  }

  get isClosed(): boolean {
    return this.pool.isClosed;
  }

  async sendMessages(messages: Sendable, options?: OperationOptionsBase): Promise<void> {
    const sender = this.pool.get(this.entityPath);
    if (isBatch(messages)) return sender.sendAlone(messages, options);
    // Copied, because encoding happens later and the caller may reuse its objects at once.
    if (Array.isArray(messages))
      return sender.sendAlone(
        messages.map((message) => ({ ...message })),
        options,
      );
    return options ? sender.sendAlone({ ...messages }, options) : sender.send({ ...messages });
  }

  async createMessageBatch(options?: CreateMessageBatchOptions): Promise<ServiceBusMessageBatch> {
    const sender = this.pool.sdkSender(this.entityPath);
    return this.pool.run(() => sender.createMessageBatch(options), options);
  }

  async scheduleMessages(
    messages: Schedulable,
    scheduledEnqueueTimeUtc: Date,
    options?: OperationOptionsBase,
  ): ReturnType<ServiceBusSender['scheduleMessages']> {
    const sender = this.pool.sdkSender(this.entityPath);
    const tracer = this.pool.tracer(this.entityPath);
    const schedule = (scheduled: Schedulable): ReturnType<ServiceBusSender['scheduleMessages']> =>
      this.pool.run(() => sender.scheduleMessages(scheduled, scheduledEnqueueTimeUtc, options), options);
    return tracer ? tracer.send(messages, schedule) : schedule(messages);
  }

  async cancelScheduledMessages(
    sequenceNumbers: Parameters<ServiceBusSender['cancelScheduledMessages']>[0],
    options?: OperationOptionsBase,
  ): Promise<void> {
    const sender = this.pool.sdkSender(this.entityPath);
    return this.pool.run(() => sender.cancelScheduledMessages(sequenceNumbers, options), options);
  }

  /** Waits for pending sends. The link is shared; the module closes it with the application. */
  async close(): Promise<void> {
    if (!this.pool.isClosed) await this.pool.get(this.entityPath).idle();
  }
}

function isBatch(messages: Sendable): messages is ServiceBusMessageBatch {
  return typeof messages === 'object' && messages !== null && 'tryAddMessage' in messages;
}

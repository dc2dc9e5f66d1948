import { type ServiceBusClient, type ServiceBusSender } from '@azure/service-bus';
import { locateSections, Section, ValueWriter } from '@nestjs-service-bus/amqp-message';

import { DeskError } from '../desk-error.js';
import { isTransient, retrying } from './retrying.js';

interface SdkSender {
  readonly _sender?: {
    _trySend?(bytes: Buffer, isBatch: boolean, options: object): Promise<void>;
  };
}

/**
 * [Service Bus] A batch may have 1 MB at most, 256 KB in the Standard tier, also where a link takes larger messages.
 */
const MAX_BATCH_BYTES = 256 * 1_024;
/** What a message adds to a batch beside its own bytes, at most. */
const BYTES_PER_MESSAGE = 16;

/** An encoded message, and what decides which others it may share a batch with. */
export interface OutgoingMessage {
  readonly bytes: Buffer;
  /** [Service Bus] A partitioned entity refuses a batch whose messages differ in it. */
  readonly partition: string;
}

/** Why one message was not accepted, while others may be. */
export type Refusals = ReadonlyMap<OutgoingMessage, Error>;

/** Sends encoded messages as they are, many in one transfer. */
export class RawSender {
  private readonly sender: ServiceBusSender;
  private maxBytes?: number;

  constructor(client: ServiceBusClient, path: string) {
    this.sender = client.createSender(path);
  }

  /**
   * Sends messages, and returns those that the broker refuses for good: too large, not allowed. All others are
   * accepted when this resolves.
   *
   * @throws what keeps everything from being sent: no right, no such entity, no connection
   */
  async send(messages: readonly OutgoingMessage[], signal?: AbortSignal): Promise<Refusals> {
    const refusals = new Map<OutgoingMessage, Error>();
    const maxBytes = (this.maxBytes ??= await this.readMaxBytes(signal));
    for (const batch of batchesOf(messages, Math.min(maxBytes, MAX_BATCH_BYTES))) {
      await this.sendBatch(batch, refusals, signal);
    }
    return refusals;
  }

  close(): Promise<void> {
    return this.sender.close();
  }

  /** The broker refuses a batch as a whole: then each message has to show whether it was the one. */
  private async sendBatch(
    batch: readonly OutgoingMessage[],
    refusals: Map<OutgoingMessage, Error>,
    signal?: AbortSignal,
  ): Promise<void> {
    const [first] = batch;
    if (first === undefined) return;
    try {
      if (batch.length === 1) await this.transfer(first.bytes, false, signal);
      else await this.transfer(envelope(batch), true, signal);
    } catch (error) {
      if (!isRefusal(error)) throw error;
      if (batch.length === 1) {
        refusals.set(first, error);
        return;
      }
      for (const one of batch) await this.sendBatch([one], refusals, signal);
    }
  }

  private transfer(bytes: Buffer, isBatch: boolean, signal?: AbortSignal): Promise<void> {
    return retrying(async () => {
      const { _sender: inner } = this.sender as unknown as SdkSender;
      if (inner?._trySend === undefined) {
        throw new DeskError(
          'this version of @azure/service-bus is not one that service-bus-desk knows: install 7.9.5',
          'not-connected',
        );
      }
      await inner._trySend(bytes, isBatch, {});
    }, signal);
  }

  private async readMaxBytes(signal?: AbortSignal): Promise<number> {
    const { maxSizeInBytes } = await retrying(() => this.sender.createMessageBatch(), signal);
    return maxSizeInBytes;
  }
}

/** Whether the broker will not take this message, whoever sends it and how often. */
function isRefusal(error: unknown): error is Error {
  if (isTransient(error) || !(error instanceof Object)) return false;
  const { name, code } = error as { name?: unknown; code?: unknown };
  return name === 'ServiceBusError' && (code === 'MessageSizeExceeded' || code === 'GeneralError');
}

function* batchesOf(messages: readonly OutgoingMessage[], maxBytes: number): Iterable<OutgoingMessage[]> {
  const byPartition = new Map<string, OutgoingMessage[]>();
  for (const message of messages) {
    const others = byPartition.get(message.partition);
    if (others) others.push(message);
    else byPartition.set(message.partition, [message]);
  }
  for (const group of byPartition.values()) {
    let batch: OutgoingMessage[] = [];
    let size = 0;
    for (const message of group) {
      // The envelope repeats the properties of its first message.
      const bytes = message.bytes.length + BYTES_PER_MESSAGE;
      const first = batch[0] ?? message;
      if (batch.length > 0 && size + bytes + propertiesOf(first.bytes).length > maxBytes) {
        yield batch;
        batch = [];
        size = 0;
      }
      batch.push(message);
      size += bytes;
    }
    yield batch;
  }
}

/**
 * [Service Bus] A batch is a message of its own format: the annotations and properties of its first message, then each
 * message as a piece of data.
 */
function envelope(batch: readonly OutgoingMessage[]): Buffer {
  const first = propertiesOf(batch[0]?.bytes ?? Buffer.alloc(0));
  const size = batch.reduce((sum, { bytes }) => sum + bytes.length + BYTES_PER_MESSAGE, first.length);
  const writer = new ValueWriter(size);
  writer.encoded(first, 0, first.length);
  for (const { bytes } of batch) {
    writer.descriptor(Section.data);
    writer.binary(bytes);
  }
  return writer.written();
}

/** Everything of a message between its header and its body. */
function propertiesOf(bytes: Buffer): Buffer {
  const { afterHeader, body } = locateSections(bytes);
  return bytes.subarray(afterHeader, body);
}

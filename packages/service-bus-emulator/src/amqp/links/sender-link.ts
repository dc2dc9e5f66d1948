import { MessageFormat } from '@nestjs-service-bus/amqp-message';
import { type Delivery, type Receiver as RheaReceiver } from 'rhea';

import { BrokerError } from '../../model/broker-error.js';
import { type Address, parseAddress } from '../../model/entity/address.js';
import { type QueueEntity } from '../../model/entity/queue-entity.js';
import { type TopicEntity } from '../../model/entity/topic-entity.js';
import { type AmqpError, toAmqpError } from '../amqp-error.js';
import { parseMessage } from '../codec/message/parse-message.js';
import { splitBatch } from '../codec/message/split-batch.js';
import { type EncodedMessage } from '../codec/message/encoded-message.js';
import { type ConnectionContext } from '../context.js';
import { wasOversized } from './incoming-transfers.js';
import { outcomes, privateConnection } from '../rhea-private.js';

// [Service Bus: a batch is limited to 1 MB, also where single messages may have 100 MB]
const MAX_BATCH_BYTES = 1024 * 1024;

/** Has no fields, and is only read: one serves all sends. */
const ACCEPTED: object = outcomes.accepted().described();

/** A client's sending link: its messages go to the entity and are acknowledged once they are stored. */
export class SenderLink {
  /** Maximum size of a transfer, a batch or a message, in bytes. */
  readonly maxMessageBytes: number;
  readonly #parsed: Address;
  #isDetached = false;
  /** Unix time in milliseconds since which nothing has been sent on it. */
  idleSinceMs: number;

  /** @throws BrokerError if the address cannot be sent to */
  constructor(
    private readonly link: RheaReceiver,
    readonly address: string,
    private readonly context: ConnectionContext,
  ) {
    this.#parsed = parseAddress(address);
    const { description, gate } = this.#resolve();
    gate.assertEnabled();
    this.idleSinceMs = context.broker.clock.now();
    this.maxMessageBytes = description.maxMessageSizeInKilobytes * 1024;
  }

  /** Maximum size of a batch, in bytes. */
  get maxBatchBytes(): number {
    return Math.min(this.maxMessageBytes, MAX_BATCH_BYTES);
  }

  receive(bytes: Buffer, format: number | undefined, delivery: Delivery): void {
    const { broker, credits, faults, whenDurable } = this.context;
    // What follows on a link that has been detached is lost with it. [AMQP 2.6.6]
    if (this.#isDetached) return;
    if (format === MessageFormat.batch && bytes.length > this.maxBatchBytes)
      return this.#refuseBatch(delivery);
    let error: AmqpError | undefined;
    this.idleSinceMs = broker.clock.now();
    try {
      const fault = faults.takeSendRefusal(this.address);
      if (fault) throw fault;
      credits.assertLeft();
      this.#refuseOversized();
      const contents = this.#parse(bytes, format);
      // Resolved each time: the entity may have been deleted or replaced.
      broker.command((nowMs) => {
        const entity = this.#resolve();
        entity.send(nowMs, contents);
        this.context.accepted(entity.description.name, contents);
      });
      credits.spend(contents.length);
    } catch (refusal) {
      error = toAmqpError(refusal, this.context);
    }
    whenDurable(() => faults.delayAnswer(this.address, () => this.#answer(delivery, error)));
  }

  /**
   * Rejects a batch that is too large, and detaches the link for the same reason: clients learn of it by either.
   * [Azure/azure-sdk-for-js#20578, #33278: condition and text]
   */
  #refuseBatch(delivery: Delivery): void {
    const description =
      `The link '${this.link.name}' is force detached by the broker because publisher received a batch message with ` +
      `no data in it. Detach origin: Publisher. (A batch may have at most ${this.maxBatchBytes} bytes.)`;
    const refusal = new BrokerError('amqp:not-allowed', description);
    const error = toAmqpError(refusal, this.context);
    this.#answer(delivery, error);
    this.#isDetached = true;
    this.link.close(error);
  }

  #answer(delivery: Delivery, error: AmqpError | undefined): void {
    if (!error) return delivery.update(true, ACCEPTED);
    // rhea settles consecutive deliveries together, with the first one's outcome: send a refusal by itself.
    const connection = privateConnection(this.link.connection);
    connection._process();
    delivery.update(true, outcomes.rejected({ error }).described());
    connection._process();
  }

  #resolve(): QueueEntity | TopicEntity {
    return this.context.broker.namespace.target(this.address, this.#parsed);
  }

  #refuseOversized(): void {
    if (!wasOversized(this.link)) return;
    throw new BrokerError(
      'amqp:link:message-size-exceeded',
      `The message exceeds the limit of ${this.maxMessageBytes} bytes.`,
    );
  }

  #parse(bytes: Buffer, format: number | undefined): EncodedMessage[] {
    const { newMessageId } = this.context;
    try {
      if (format !== MessageFormat.batch) return [parseMessage(bytes, newMessageId)];
      return splitBatch(bytes).map((message) => parseMessage(message, newMessageId));
    } catch (error) {
      if (!(error instanceof Error)) throw error;
      throw new BrokerError('amqp:decode-error', error.message);
    }
  }
}

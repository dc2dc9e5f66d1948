import { MessageFormat } from '@nestjs-service-bus/amqp-message';
import { type Delivery, type Receiver as RheaReceiver } from 'rhea';

import { BrokerError } from '../../model/broker-error.js';
import { type QueueEntity } from '../../model/entity/queue-entity.js';
import { type TopicEntity } from '../../model/entity/topic-entity.js';
import { type AmqpError, toAmqpError } from '../amqp-error.js';
import { parseMessage } from '../codec/message/parse-message.js';
import { splitBatch } from '../codec/message/split-batch.js';
import { type EncodedMessage } from '../codec/message/encoded-message.js';
import { type AmqpContext } from '../context.js';
import { wasOversized } from './incoming-transfers.js';
import { outcomes, privateConnection } from '../rhea-private.js';

/** A client's sending link: its messages go to the entity and are acknowledged once they are stored. */
export class SenderLink {
  /** Maximum size of a transfer, a batch or a message, in bytes. */
  readonly maxMessageBytes: number;

  /** @throws BrokerError if the address cannot be sent to */
  constructor(
    private readonly link: RheaReceiver,
    readonly address: string,
    private readonly context: AmqpContext,
  ) {
    const { description, gate } = this.#resolve();
    gate.assertEnabled();
    this.maxMessageBytes = description.maxMessageSizeInKilobytes * 1024;
  }

  receive(bytes: Buffer, format: number | undefined, delivery: Delivery): void {
    const { broker, faults, whenDurable } = this.context;
    let error: AmqpError | undefined;
    try {
      const fault = faults.takeSendRefusal(this.address);
      if (fault) throw fault;
      this.#refuseOversized();
      const contents = this.#parse(bytes, format);
      // Resolved each time: the entity may have been deleted or replaced.
      broker.command((nowMs) => this.#resolve().send(nowMs, contents));
    } catch (refusal) {
      error = toAmqpError(refusal, broker.clock.now());
    }
    whenDurable(() => faults.delayAnswer(this.address, () => this.#answer(delivery, error)));
  }

  #answer(delivery: Delivery, error: AmqpError | undefined): void {
    if (!error) return delivery.update(true, outcomes.accepted().described());
    // rhea settles consecutive deliveries together, with the first one's outcome: send a refusal by itself.
    const connection = privateConnection(this.link.connection);
    connection._process();
    delivery.update(true, outcomes.rejected({ error }).described());
    connection._process();
  }

  #resolve(): QueueEntity | TopicEntity {
    return this.context.broker.namespace.target(this.address);
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
      const encoded = format === MessageFormat.batch ? splitBatch(bytes) : [bytes];
      return encoded.map((message) => parseMessage(message, newMessageId));
    } catch (error) {
      if (!(error instanceof Error)) throw error;
      throw new BrokerError('amqp:decode-error', error.message);
    }
  }
}

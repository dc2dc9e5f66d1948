import { type ChannelModel, type ConfirmChannel, connect } from 'amqplib';

const PER_CONFIRMATION = 1_000;

/** The benchmark's own RabbitMQ client: fills, counts, empties and listens. */
export class RabbitMqDriver {
  private constructor(
    private readonly connection: ChannelModel,
    private readonly channel: ConfirmChannel,
  ) {}

  static async connect(address: string, queues: readonly string[]): Promise<RabbitMqDriver> {
    const connection = await connect(address);
    const channel = await connection.createConfirmChannel();
    for (const queue of queues) await channel.assertQueue(queue, { durable: true });
    return new RabbitMqDriver(connection, channel);
  }

  /** Sends persistent messages; resolves when RabbitMQ has confirmed them all. */
  async send(queue: string, bodies: Iterable<object>): Promise<void> {
    let count = 0;
    for (const body of bodies) {
      this.channel.sendToQueue(queue, Buffer.from(JSON.stringify(body)), { persistent: true });
      if (++count % PER_CONFIRMATION === 0) await this.channel.waitForConfirms();
    }
    await this.channel.waitForConfirms();
  }

  /** Number of ready messages, without those that a consumer has not acknowledged. */
  async count(queue: string): Promise<number> {
    const { messageCount } = await this.channel.checkQueue(queue);
    return messageCount;
  }

  async empty(queue: string): Promise<void> {
    await this.channel.purgeQueue(queue);
  }

  /** Receives every message of a queue, until the returned object is closed. */
  async listen(queue: string, received: (body: unknown) => void): Promise<{ close(): Promise<void> }> {
    const channel = await this.connection.createConfirmChannel();
    await channel.consume(
      queue,
      (message) => {
        if (message) received(JSON.parse(message.content.toString()));
      },
      { noAck: true },
    );
    return channel;
  }

  async close(): Promise<void> {
    await this.connection.close();
  }
}

import { ServiceBusClient, type ServiceBusMessage } from '@azure/service-bus';
import { fileURLToPath } from 'node:url';

import { type Entities } from 'service-bus-emulator';
import { type Order } from '../candidates/order.js';
import { Child } from '../process/child.js';
import { type Broker, INPUT_QUEUE, OUTPUT_QUEUE, type Requester, type Wrap } from './broker.js';
import { type Counted } from './standstill.js';

const PROGRAM = fileURLToPath(new URL('./service-bus-process.js', import.meta.url));
const MAX_CONCURRENT_REPLIES = 200;

/** The emulator in a child process, with the SDK as the benchmark's own client. */
export class ServiceBusBroker implements Broker {
  private constructor(
    private readonly process: Child,
    readonly address: string,
    private readonly client: ServiceBusClient,
  ) {}

  static async start(
    entities: Entities = { queues: [INPUT_QUEUE, OUTPUT_QUEUE] },
  ): Promise<ServiceBusBroker> {
    const process = new Child(PROGRAM, [], ['--max-old-space-size=8192']);
    const address = await process.ask<string>('start', entities);
    return new ServiceBusBroker(process, address, new ServiceBusClient(address));
  }

  reset(): Promise<void> {
    return this.process.ask('reset');
  }

  async fill(orders: Iterable<Order>, wrap: Wrap): Promise<void> {
    const messages: ServiceBusMessage[] = [];
    for (const order of orders) messages.push(toMessage(order, wrap));
    await this.send(INPUT_QUEUE, messages);
  }

  /** Sends messages to any queue, in batches as large as possible. */
  async send(queue: string, messages: readonly ServiceBusMessage[]): Promise<void> {
    const sender = this.client.createSender(queue);
    let batch = await sender.createMessageBatch();
    for (const message of messages) {
      if (batch.tryAddMessage(message)) continue;
      await sender.sendMessages(batch);
      batch = await sender.createMessageBatch();
      batch.tryAddMessage(message);
    }
    if (batch.count > 0) await sender.sendMessages(batch);
    await sender.close();
  }

  whenOutputs(count: number): Promise<Counted> {
    return this.process.ask('whenOutputs', count);
  }

  inputLeft(): Promise<number> {
    return this.process.ask('inputLeft');
  }

  requester(wrap: Wrap, replied: (id: number) => void): Promise<Requester> {
    const sender = this.client.createSender(INPUT_QUEUE);
    const receiver = this.client.createReceiver(OUTPUT_QUEUE, { receiveMode: 'receiveAndDelete' });
    receiver.subscribe(
      {
        processMessage: (message) => {
          replied((message.body as Order).id);
          return Promise.resolve();
        },
        processError: ({ error }) => Promise.reject(error),
      },
      { maxConcurrentCalls: MAX_CONCURRENT_REPLIES },
    );
    return Promise.resolve({
      request: (order) => sender.sendMessages(toMessage(order, wrap)),
      close: async () => {
        await receiver.close();
        await sender.close();
      },
    });
  }

  async close(): Promise<void> {
    await this.client.close();
    await this.process.close();
  }
}

/** The message for an order. */
export function toMessage(order: Order, wrap: Wrap): ServiceBusMessage {
  return { body: wrap(order), contentType: 'application/json', messageId: `order-${order.id}` };
}

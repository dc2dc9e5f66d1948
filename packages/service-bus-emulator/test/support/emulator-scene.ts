import {
  ServiceBusClient,
  type ServiceBusClientOptions,
  type ServiceBusMessage,
  type ServiceBusReceivedMessage,
  type ServiceBusReceiver,
  type ServiceBusReceiverOptions,
} from '@azure/service-bus';
import { afterAll, beforeAll } from '@jest/globals';

import { type Emulator, type EmulatorOptions, type EntityInspection, ManualClock } from '../../src/index.js';
import { startTestEmulator } from '../../../../test/support/start-emulator.js';

/** Errors are provoked in these tests: the SDK must not wait half a minute before it gives up. */
export const QUICK: ServiceBusClientOptions = {
  retryOptions: { maxRetries: 1, retryDelayInMs: 10, timeoutInMs: 5_000 },
};

/** An emulator with a clock of its own, and SDK clients on it. */
export class EmulatorScene {
  emulator!: Emulator;
  client!: ServiceBusClient;
  readonly clock = new ManualClock();
  readonly #clients: ServiceBusClient[] = [];

  constructor(
    private readonly entities: EmulatorOptions['entities'],
    private readonly options: Omit<EmulatorOptions, 'entities'>,
  ) {}

  async open(): Promise<void> {
    this.emulator = await startTestEmulator(this.entities, { clock: this.clock, ...this.options });
    this.client = this.connect();
  }

  async close(): Promise<void> {
    await Promise.all(this.#clients.map((client) => client.close()));
    await this.emulator.close();
  }

  /** A further client, closed with the scene. */
  connect(options: ServiceBusClientOptions = {}): ServiceBusClient {
    const client = new ServiceBusClient(this.emulator.connectionString, { ...QUICK, ...options });
    this.#clients.push(client);
    return client;
  }

  /** A receiver that renews no locks by itself, for `queue`, `topic/Subscriptions/name` or a dead-letter queue. */
  receiver(address: string, options: ServiceBusReceiverOptions = {}): ServiceBusReceiver {
    const [entity = '', subQueue] = address.split('/$');
    const subQueueType = subQueue && (subQueue.startsWith('Transfer') ? 'transferDeadLetter' : 'deadLetter');
    const all = {
      maxAutoLockRenewalDurationInMs: 0,
      ...(subQueueType && { subQueueType }),
      ...options,
    } as ServiceBusReceiverOptions;
    const [queue = '', subscription] = entity.split('/Subscriptions/');
    return subscription === undefined
      ? this.client.createReceiver(queue, all)
      : this.client.createReceiver(queue, subscription, all);
  }

  /** Sends each message by itself, in order. */
  async send(entity: string, ...messages: ServiceBusMessage[]): Promise<void> {
    const sender = this.client.createSender(entity);
    for (const message of messages) await sender.sendMessages(message);
    await sender.close();
  }

  /** Receives and deletes exactly so many messages. */
  async take(address: string, count = 1): Promise<ServiceBusReceivedMessage[]> {
    const receiver = this.receiver(address, { receiveMode: 'receiveAndDelete' });
    const messages = await receiveAll(receiver, count);
    await receiver.close();
    return messages;
  }

  entity(address: string): EntityInspection {
    return this.emulator.entity(address);
  }
}

/** A scene for all tests of the enclosing `describe`. */
export function emulatorScene(
  entities: EmulatorOptions['entities'],
  options: Omit<EmulatorOptions, 'entities'> = {},
): EmulatorScene {
  const scene = new EmulatorScene(entities, options);
  beforeAll(() => scene.open());
  afterAll(() => scene.close());
  return scene;
}

type Receives = Pick<ServiceBusReceiver, 'receiveMessages'>;

/** Receives one message; fails if none comes. */
export async function receiveOne(receiver: Receives): Promise<ServiceBusReceivedMessage> {
  const [message] = await receiveAll(receiver, 1);
  return message as ServiceBusReceivedMessage;
}

/** Receives exactly so many messages; fails if fewer come. */
export async function receiveAll(receiver: Receives, count: number): Promise<ServiceBusReceivedMessage[]> {
  const messages: ServiceBusReceivedMessage[] = [];
  while (messages.length < count) {
    const some = await receiver.receiveMessages(count - messages.length, { maxWaitTimeInMs: 3_000 });
    if (some.length === 0) throw new Error(`${messages.length} of ${count} messages came within 3 s`);
    messages.push(...some);
  }
  return messages;
}

/** What a rejected SDK call is compared with. */
export function serviceBusError(code: string, message?: RegExp): object {
  return { name: 'ServiceBusError', code, ...(message && { message: expectMatching(message) }) };
}

function expectMatching(pattern: RegExp): { asymmetricMatch(value: unknown): boolean } {
  return { asymmetricMatch: (value) => typeof value === 'string' && pattern.test(value) };
}

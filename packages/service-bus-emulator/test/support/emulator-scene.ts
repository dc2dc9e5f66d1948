import {
  ServiceBusClient,
  type ServiceBusClientOptions,
  type ServiceBusMessage,
  type ServiceBusReceivedMessage,
  type ServiceBusReceiver,
  type ServiceBusReceiverOptions,
} from '@azure/service-bus';
import { afterAll, beforeAll } from '@jest/globals';
import Long from 'long';

import { type Emulator, type EmulatorOptions, type EntityInspection, ManualClock } from '../../src/index.js';
import { chosenNamespace, CloudNamespace, NeedsEmulator } from './cloud-namespace.js';
import { startTestEmulator } from '../../../../test/support/start-emulator.js';

/** Errors are provoked in these tests: the SDK must not wait half a minute before it gives up. */
export const QUICK: ServiceBusClientOptions = {
  retryOptions: { maxRetries: 1, retryDelayInMs: 10, timeoutInMs: 5_000 },
};

// A namespace far away answers later, and may be throttled.
const PATIENT: ServiceBusClientOptions = {
  retryOptions: { maxRetries: 1, retryDelayInMs: 1_000, timeoutInMs: 20_000 },
};

/**
 * An emulator with a clock of its own, and SDK clients on it. Where a namespace has been chosen (`npm run test:cloud`)
 * it is that namespace instead, and whatever needs the emulator itself throws NeedsEmulator.
 */
export class EmulatorScene {
  client!: ServiceBusClient;
  #emulator: Emulator | undefined;
  #namespace: CloudNamespace | undefined;
  readonly #clock = new ManualClock();
  readonly #clients: ServiceBusClient[] = [];

  constructor(
    private readonly entities: EmulatorOptions['entities'],
    private readonly options: Omit<EmulatorOptions, 'entities'>,
  ) {}

  async open(): Promise<void> {
    const connectionString = chosenNamespace();
    if (connectionString === undefined) {
      this.#emulator = await startTestEmulator(this.entities, { clock: this.#clock, ...this.options });
    } else {
      if (Object.keys(this.options).length > 0) throw new NeedsEmulator('options of the emulator');
      this.#namespace = new CloudNamespace(connectionString);
      await this.#namespace.create(this.entities ?? {});
    }
    this.client = this.connect();
  }

  async close(): Promise<void> {
    await Promise.all(this.#clients.map((client) => client.close()));
    await this.#emulator?.close();
    await this.#namespace?.remove();
  }

  /** @throws NeedsEmulator elsewhere */
  get emulator(): Emulator {
    if (!this.#emulator) throw new NeedsEmulator('the emulator');
    return this.#emulator;
  }

  /** @throws NeedsEmulator elsewhere */
  get clock(): ManualClock {
    if (this.#namespace) throw new NeedsEmulator("the emulator's clock");
    return this.#clock;
  }

  /** The broker's time, in Unix milliseconds. */
  now(): number {
    return this.#namespace ? Date.now() : this.#clock.now();
  }

  /** The host that clients dial, which texts of errors have. */
  get dialled(): string {
    return this.#namespace?.host ?? '127.0.0.1';
  }

  /** What one of the scene's entities is called where it is. */
  nameOf(entity: string): string {
    return this.#namespace?.nameOf(entity) ?? entity;
  }

  /** A further client, closed with the scene. */
  connect(options: ServiceBusClientOptions = {}): ServiceBusClient {
    const client =
      this.#namespace?.connect({ ...PATIENT, ...options }) ??
      new ServiceBusClient(this.emulator.connectionString, { ...QUICK, ...options });
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

  /** What peeking shows of an entity: everything that is stored there, locked messages included. */
  async peek(address: string): Promise<ServiceBusReceivedMessage[]> {
    const receiver = this.receiver(address);
    const messages: ServiceBusReceivedMessage[] = [];
    // The SDK remembers where a client's last peek of an entity ended, over receivers.
    let fromSequenceNumber = Long.ZERO;
    for (;;) {
      const page = await receiver.peekMessages(250, { fromSequenceNumber });
      const last = page.at(-1)?.sequenceNumber;
      if (!last) break;
      messages.push(...page);
      fromSequenceNumber = last.add(1);
    }
    await receiver.close();
    return messages;
  }

  /** @throws NeedsEmulator elsewhere */
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

const MAX_WAIT_MS = chosenNamespace() === undefined ? 3_000 : 10_000;

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
    const some = await receiver.receiveMessages(count - messages.length, { maxWaitTimeInMs: MAX_WAIT_MS });
    if (some.length === 0) throw new Error(`${messages.length} of ${count} messages came in time`);
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

import { ServiceBusClient, type ServiceBusSender } from '@azure/service-bus';
import {
  type AcceptedMessage,
  type Emulator,
  type Entities,
  ManualClock,
  startEmulator,
} from 'service-bus-emulator';

import { closeClient } from '../sdk/index.js';
import { type TestedConnectionOptions } from './testbed-options.js';

/** The broker of one connection, and what a test sends to it with. */
export class StartedBroker {
  private readonly senders = new Map<string, ServiceBusSender>();

  private constructor(
    /** Undefined for the connection without a name. */
    readonly name: string | undefined,
    readonly emulator: Emulator,
    readonly clock: ManualClock,
    /** What the test itself has made. */
    readonly given: Entities,
    private readonly client: ServiceBusClient,
  ) {}

  /** @param nowMs Unix time in milliseconds at which its clock starts: that of the other brokers */
  static async start(
    name: string | undefined,
    { entities = {}, emulator: options }: TestedConnectionOptions,
    nowMs: number,
    accepted: (message: AcceptedMessage, connection: string | undefined) => void,
  ): Promise<StartedBroker> {
    const clock = new ManualClock(nowMs);
    const emulator = await startEmulator({
      // A test that moves the clock by an hour does not mean the cloud's way with what is idle.
      endsIdle: false,
      ...options,
      port: 0,
      administrationPort: false,
      clock,
      entities,
      accepted: (message) => accepted(message, name),
    });
    const client = new ServiceBusClient(emulator.connectionString);
    return new StartedBroker(name, emulator, clock, entities, client);
  }

  has(entity: string): boolean {
    return this.emulator.entityNames.some((name) => name.toLowerCase() === entity.toLowerCase());
  }

  senderOf(entity: string): ServiceBusSender {
    let sender = this.senders.get(entity);
    if (!sender) this.senders.set(entity, (sender = this.client.createSender(entity)));
    return sender;
  }

  async close(): Promise<void> {
    await closeClient(this.client);
    await this.emulator.close();
  }
}

import { ServiceBusClient, type ServiceBusMessage, type ServiceBusReceivedMessage } from '@azure/service-bus';
import { afterEach, beforeEach } from '@jest/globals';

import { type Emulator, type EmulatorOptions, startEmulator } from 'service-bus-emulator';
import { type BindingOptions, ServiceBusModule, type ServiceBusModuleOptions } from '../../src/index.js';
import { type ServiceBusApp, type ServiceBusAppSetup, startServiceBusApp } from './start-service-bus-app.js';
import { WORK_HANDLER, WorkController, type WorkHandler } from './work-controller.js';

/** A namespace, a plain SDK client and applications: created for each test, closed after it. */
export class Scene {
  emulator!: Emulator;
  client!: ServiceBusClient;
  private readonly apps: ServiceBusApp[] = [];

  constructor(private readonly options: EmulatorOptions) {}

  async open(): Promise<void> {
    this.emulator = await startEmulator({ port: 0, administrationPort: false, ...this.options });
    this.client = new ServiceBusClient(this.emulator.connectionString);
  }

  /** Starts anew with other options of the emulator besides. */
  async reopen(options: Partial<EmulatorOptions>): Promise<void> {
    await this.close();
    this.emulator = await startEmulator({ port: 0, administrationPort: false, ...this.options, ...options });
    this.client = new ServiceBusClient(this.emulator.connectionString);
  }

  async close(): Promise<void> {
    await Promise.all(this.apps.splice(0).map((app) => app.close()));
    await this.client.close();
    await this.emulator.close();
  }

  async startApp(setup: ServiceBusAppSetup): Promise<ServiceBusApp> {
    const app = await startServiceBusApp(this.emulator.connectionString, setup);
    this.apps.push(app);
    return app;
  }

  /** Starts an application that handles the pattern `work` with this function; resolves when it receives. */
  async startWork(
    handler: WorkHandler,
    binding: BindingOptions = {},
    options: Partial<ServiceBusModuleOptions> = {},
  ): Promise<ServiceBusApp> {
    const app = await this.startApp({
      controllers: [WorkController],
      providers: [{ provide: WORK_HANDLER, useValue: handler }],
      imports: [ServiceBusModule.forFeature({ pattern: 'work', ...binding })],
      options,
    });
    await app.receiving();
    return app;
  }

  async send(queue: string, ...messages: ServiceBusMessage[]): Promise<void> {
    const sender = this.client.createSender(queue);
    const inBatches = 500;
    for (let start = 0; start < messages.length; start += inBatches) {
      await sender.sendMessages(messages.slice(start, start + inBatches));
    }
    await sender.close();
  }

  /** Receives and deletes what an entity holds now. */
  async takeAll(entity: string): Promise<ServiceBusReceivedMessage[]> {
    const count = this.left(entity);
    return count === 0 ? [] : this.take(entity, count);
  }

  /** Receives and deletes until there are `count` messages, or none has arrived for `maxWaitMs`. */
  async take(entity: string, count = 1, maxWaitMs = 20_000): Promise<ServiceBusReceivedMessage[]> {
    const [queue = entity, sub] = entity.split('/$');
    const receiver = this.client.createReceiver(queue, {
      receiveMode: 'receiveAndDelete',
      subQueueType: sub === 'DeadLetterQueue' ? 'deadLetter' : undefined,
    });
    const taken: ServiceBusReceivedMessage[] = [];
    while (taken.length < count) {
      const some = await receiver.receiveMessages(1, { maxWaitTimeInMs: maxWaitMs });
      if (some.length === 0) break;
      taken.push(...some);
    }
    await receiver.close();
    return taken;
  }

  /** Number of messages in an entity, in any state. */
  left(entity: string): number {
    return this.emulator.entity(entity).messageCount;
  }
}

/** Creates a scene for each test of the enclosing `describe`. */
export function serviceBusScene(options: EmulatorOptions): Scene {
  const scene = new Scene(options);
  beforeEach(() => scene.open());
  afterEach(() => scene.close());
  return scene;
}

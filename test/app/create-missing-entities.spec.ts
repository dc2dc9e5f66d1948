import { ServiceBusClient } from '@azure/service-bus';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { Controller, type INestApplication } from '@nestjs/common';
import { MessagePattern, Payload } from '@nestjs/microservices';
import { Test } from '@nestjs/testing';
import { ServiceBusModule, ServiceBusServer } from 'nestjs-service-bus';
import { type Emulator, startEmulator } from 'service-bus-emulator';

import { createMissingEntities } from '../../src/start/create-missing-entities.js';

@Controller()
class InvoicesController {
  @MessagePattern('invoices')
  book(@Payload() invoice: { amount: number }): { booked: number } {
    return { booked: invoice.amount };
  }

  @MessagePattern('audit')
  audit(@Payload() entry: unknown): unknown {
    return entry;
  }

  @MessagePattern('refunds')
  refund(): void {
    // Never called.
  }
}

describe('what the bindings of an added feature need, on an emulator that has none of it', () => {
  let emulator: Emulator;
  let app: INestApplication;
  let client: ServiceBusClient;

  beforeEach(async () => {
    emulator = await startEmulator({
      port: 0,
      administrationPort: false,
      entities: { queues: [{ name: 'refunds', maxDeliveryCount: 3 }], topics: ['events'] },
    });
    const { connectionString } = emulator;
    client = new ServiceBusClient(connectionString);
    const module = await Test.createTestingModule({
      imports: [
        ServiceBusModule.forRoot({ connectionString }),
        ServiceBusModule.forFeature({ pattern: 'invoices', queue: 'invoices-in', replyTo: 'Results' }),
        ServiceBusModule.forFeature({
          pattern: 'audit',
          topic: 'events',
          subscription: 'audit',
          replyTo: 'results',
          sessions: {},
        }),
      ],
      controllers: [InvoicesController],
    }).compile();
    app = module.createNestApplication({ logger: false });
    app.connectMicroservice({ strategy: app.get(ServiceBusServer) });
    await app.init();
  });

  afterEach(async () => {
    await app.close();
    await client.close();
    await emulator.close();
  });

  it('is created, what is there stays, and its messages are processed', async () => {
    await createMissingEntities(app, []);
    await app.startAllMicroservices();
    await client.createSender('invoices-in').sendMessages({ body: { amount: 42 } });
    await client.createSender('events').sendMessages({ body: 'signed in', sessionId: 'ada' });
    const receiver = client.createReceiver('results', { receiveMode: 'receiveAndDelete' });
    const results: unknown[] = [];
    while (results.length < 2) {
      results.push(...(await receiver.receiveMessages(2)).map(({ body }) => body as unknown));
    }
    expect(results).toEqual(expect.arrayContaining([{ booked: 42 }, 'signed in']));
    // Two processes may do it at once.
    await createMissingEntities(app, ['invoices-in', 'results']);
  });
});

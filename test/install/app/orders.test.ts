import { type INestApplication, ValidationPipe } from '@nestjs/common';
import { type ClientProxy, type MicroserviceOptions } from '@nestjs/microservices';
import { Test } from '@nestjs/testing';
import { QuickValidationPipe, ServiceBusServer } from 'nestjs-service-bus';
import { lastValueFrom } from 'rxjs';
import { type Emulator, startEmulator } from 'service-bus-emulator';

import { AppModule } from './app.module.js';
import { Order } from './order.js';

describe('orders, on the emulator', () => {
  let emulator: Emulator;
  let app: INestApplication;
  const processed: string[] = [];

  beforeAll(async () => {
    emulator = await startEmulator({
      port: 0,
      administrationPort: 0,
      entities: { queues: ['orders', 'totals', 'order-placed', 'replies'] },
    });
    process.env['SB_CONNECTION'] = emulator.connectionString;
    const module = await Test.createTestingModule({ imports: [AppModule] }).compile();
    app = module.createNestApplication({ logger: false });
    app.useGlobalPipes(new QuickValidationPipe({ transform: true }));
    const server = app.get(ServiceBusServer);
    app.connectMicroservice<MicroserviceOptions>({ strategy: server }, { inheritAppConfig: true });
    // As tools that watch applications do.
    server.setOnProcessingStartHook((_transport, _context, done) => {
      processed.push('start');
      void done();
    });
    server.setOnProcessingEndHook(() => processed.push('end'));
    await app.startAllMicroservices();
    await app.init();
  });

  afterAll(async () => {
    await app.close();
    await emulator.close();
  });

  it('answers a request', async () => {
    const bus = app.get<ClientProxy>('BUS');
    expect(await lastValueFrom(bus.send('orders', { amount: 4 }))).toEqual({ total: 8, attempt: 1 });
    expect(processed).toEqual(['start', 'end']);
  });

  it('dead-letters an order that is none', async () => {
    const bus = app.get<ClientProxy>('BUS');
    await expect(lastValueFrom(bus.send('orders', { amount: 'many' }))).rejects.toBeDefined();
    expect(emulator.entity('orders/$DeadLetterQueue').counts.active).toBe(1);
  });

  it('validates without the ValidationPipe what the decorators say plainly', async () => {
    const slow = ValidationPipe.prototype.transform;
    let asked = 0;
    ValidationPipe.prototype.transform = function (...args) {
      asked++;
      return slow.apply(this, args);
    };
    try {
      const pipe = new QuickValidationPipe({ transform: true });
      const transform = async (): Promise<number> => {
        asked = 0;
        const order: unknown = await pipe.transform({ amount: 1 }, { type: 'body', metatype: Order });
        expect(order).toBeInstanceOf(Order);
        return asked;
      };
      // It takes the short way once it has found the decorators' storages.
      for (let tries = 1; tries < 100 && (await transform()) > 0; tries++) {
        await new Promise((resolve) => setTimeout(resolve, 20));
      }
      expect(await transform()).toBe(0);
    } finally {
      ValidationPipe.prototype.transform = slow;
    }
  });
});

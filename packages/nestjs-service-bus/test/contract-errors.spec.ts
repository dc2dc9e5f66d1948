import { ServiceBusAdministrationClient } from '@azure/service-bus';
import { describe, expect, it, jest } from '@jest/globals';
import { Controller, Logger } from '@nestjs/common';
import { EventPattern, MessagePattern, Payload } from '@nestjs/microservices';

import { until } from '../../../test/support/until.js';
import { overPlainHttp } from '../src/sdk/connection/over-plain-http.js';
import { SERVICE_BUS_TRANSPORT, ServiceBusConfigurationError, ServiceBusModule } from '../src/index.js';
import { serviceBusScene } from './support/service-bus-scene.js';

@Controller()
class FirstController {
  @MessagePattern('orders')
  first(): void {
    // Never called.
  }
}

@Controller()
class SecondController {
  @EventPattern('orders')
  second(@Payload() _order: unknown): void {
    // Never called.
  }
}

@Controller()
class ForeignController {
  @MessagePattern({ cmd: 'sum' })
  sum(): void {
    // Never called.
  }

  @MessagePattern({ cmd: 'not ours' }, Symbol('another transport'))
  other(): void {
    // Never called.
  }

  @MessagePattern('orders', SERVICE_BUS_TRANSPORT)
  ours(): void {
    // Never called.
  }
}

describe('a configuration error stops the start with a message that names the problem', () => {
  const scene = serviceBusScene({ entities: { queues: ['orders'] } });
  const start = (
    controllers: (new () => object)[],
    ...imports: ReturnType<typeof ServiceBusModule.forFeature>[]
  ): Promise<unknown> => scene.startApp({ controllers, imports });

  it('two handlers for one pattern', async () => {
    const started = start([FirstController, SecondController]);
    await expect(started).rejects.toThrow(ServiceBusConfigurationError);
    await expect(started).rejects.toThrow(
      'pattern orders has two handlers: FirstController.first and SecondController.second',
    );
  });

  it('a binding without a handler', async () => {
    await expect(start([FirstController], ServiceBusModule.forFeature({ pattern: 'order' }))).rejects.toThrow(
      'binding "order" has no handler',
    );
  });

  it('two bindings that read one queue', async () => {
    @Controller()
    class OtherController {
      @MessagePattern('other')
      other(): void {
        // Never called.
      }
    }
    const other = ServiceBusModule.forFeature({ pattern: 'other', queue: 'Orders' });
    await expect(start([FirstController, OtherController], other)).rejects.toThrow(
      'bindings "orders" and "other" both read Orders',
    );
  });

  it('an object pattern that nothing binds; handlers of other transports are ignored', async () => {
    const started = start([ForeignController]);
    await expect(started).rejects.toThrow(
      'ForeignController.sum: no binding names the pattern {"cmd":"sum"}',
    );
    await expect(started).rejects.not.toThrow(/not ours/);
  });
});

describe('a missing entity', () => {
  const scene = serviceBusScene({ entities: { queues: ['orders'] } });

  it('makes the binding not ready, with the cause; it recovers when the queue is created', async () => {
    const app = await scene.startApp({
      controllers: [FirstController],
      imports: [ServiceBusModule.forFeature({ pattern: 'orders', queue: 'missing' })],
    });
    await until(() => app.server.health()[0]?.state === 'failing');
    const health = await app.health.isHealthy();
    expect(health['service-bus:orders']).toMatchObject({
      status: 'down',
      entityPath: 'missing',
      error: { code: 'MessagingEntityNotFound' },
    });
    // The namespace itself answers.
    expect(health['service-bus']?.status).toBe('up');
  });
});

describe('a missing output queue', () => {
  const scene = serviceBusScene({ entities: { queues: ['orders'] } });
  const start = (replyTo: string): ReturnType<typeof scene.startApp> =>
    scene.startApp({
      controllers: [FirstController],
      imports: [ServiceBusModule.forFeature({ pattern: 'orders', replyTo })],
    });

  it('is reported at the start in one line, and by readiness; both recover when it is created', async () => {
    const errors = jest.spyOn(Logger.prototype, 'error').mockReturnValue();
    const logs = jest.spyOn(Logger.prototype, 'log').mockReturnValue();
    try {
      const app = await start('results');
      const binding = async (): Promise<unknown> => (await app.health.isHealthy())['service-bus:orders'];
      await until(() => app.server.health()[0]?.outputError !== undefined);
      await app.receiving();
      expect(await binding()).toMatchObject({
        status: 'down',
        state: 'receiving',
        outputError: {
          code: 'MessagingEntityNotFound',
          message: expect.stringContaining('results') as unknown,
        },
      });
      await overPlainHttp(new ServiceBusAdministrationClient(scene.emulator.connectionString)).createQueue(
        'results',
      );
      await until(() => app.server.health()[0]?.outputError === undefined);
      expect(await binding()).toMatchObject({ status: 'up', state: 'receiving' });
      expect(errors.mock.calls.flat()).toEqual([
        expect.stringContaining('orders: results cannot be sent to results, keeps trying: '),
      ]);
      expect(logs.mock.calls.flat()).toContain('orders: results can be sent to results now');
    } finally {
      jest.restoreAllMocks();
    }
  });

  it('or one that we must not send to, is reported in the same way', async () => {
    scene.emulator.faults.refuseTokens(1_000, 'orders');
    const app = await start('orders');
    await until(() => app.server.health()[0]?.outputError?.code === 'UnauthorizedAccess');
    scene.emulator.faults.clear();
    await until(() => app.server.health()[0]?.outputError === undefined);
    await app.receiving();
  });

  it('does not delay a shutdown while it is being checked', async () => {
    const app = await start('results');
    await until(() => app.server.health()[0]?.outputError !== undefined);
    const startedAt = performance.now();
    await app.close();
    expect(performance.now() - startedAt).toBeLessThan(3_000);
  });
});

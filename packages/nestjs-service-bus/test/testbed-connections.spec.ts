import { afterEach, describe, expect, it } from '@jest/globals';
import { Controller, Module } from '@nestjs/common';
import { Payload } from '@nestjs/microservices';

import { InjectSender, ServiceBusHandler, ServiceBusModule, type ServiceBusSender } from '../src/index.js';
import { ServiceBusTestbed } from '../src/testing.js';

@Controller()
class OrdersController {
  constructor(@InjectSender('audit', 'reports') private readonly audit: ServiceBusSender) {}

  @ServiceBusHandler({ queue: 'orders', replyTo: 'bills' })
  async place(@Payload() order: string): Promise<string> {
    await this.audit.sendMessages({ body: order });
    return `bill for ${order}`;
  }

  @ServiceBusHandler({
    connection: 'reports',
    queue: 'orders',
    retry: { delayMs: 30_000, maxDelayMs: 30_000 },
  })
  count(@Payload() order: string): void {
    if (order === 'bad') throw new Error('no');
  }
}

@Module({
  imports: [ServiceBusModule.forFeature({ connection: 'reports', senders: ['audit'] })],
  controllers: [OrdersController],
})
class OrdersModule {}

// Nobody listens there: a test must never reach it.
const PRODUCTION = 'Endpoint=sb://127.0.0.1:1;SharedAccessKeyName=a;SharedAccessKey=b;';

describe('a testbed of two connections', () => {
  let bus: ServiceBusTestbed;

  afterEach(() => bus.close());

  it.each([
    ['modules without a forRoot', [OrdersModule]],
    [
      'modules with a forRoot for each',
      [
        ServiceBusModule.forRoot({ connectionString: PRODUCTION }),
        ServiceBusModule.forRootAsync({
          name: 'reports',
          useFactory: () => ({ connectionString: PRODUCTION }),
        }),
        OrdersModule,
      ],
    ],
  ])('has a broker for each, on one clock: %s', async (_, imports) => {
    bus = await ServiceBusTestbed.create({
      logger: false,
      timeoutMs: 20_000,
      imports,
      connections: { reports: { entities: { queues: ['x'] } } },
    });
    await bus.send('orders', 'a');
    await bus.send('reports:orders', 'bad');
    await bus.connection('reports').send('x', 'y');
    await bus.settled();
    expect(bus.sent.one({ to: 'bills' }).body).toBe('bill for a');
    expect(bus.sent.one({ to: 'audit', connection: 'reports' }).body).toBe('a');
    expect(bus.entity('bills').messageCount).toBe(1);
    const reports = bus.connection('reports');
    expect(reports.entity('audit').messageCount).toBe(1);
    expect(reports.entity('x').messageCount).toBe(1);
    expect(bus.retried.length).toBe(1);
    await bus.clock.advance(30_000);
    expect(bus.retried.one({ connection: 'reports', attempt: 2 }).from).toBe('orders');
    await bus.clock.advance(120_000);
    expect(bus.deadLettered.one().connection).toBe('reports');
    expect(() => bus.connection('reprots')).toThrow('did you mean "reports"?');
  });
});

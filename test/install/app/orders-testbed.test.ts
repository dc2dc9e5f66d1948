import { QuickValidationPipe } from 'nestjs-service-bus';
import { ServiceBusTestbed } from 'nestjs-service-bus/testing';

import { AppModule } from './app.module.js';

describe('orders, on a testbed', () => {
  let bus: ServiceBusTestbed | undefined;

  beforeEach(async () => {
    process.env['SB_CONNECTION'] = 'Endpoint=sb://127.0.0.1:1;SharedAccessKeyName=none;SharedAccessKey=none';
    bus = await ServiceBusTestbed.create({
      imports: [AppModule],
      configure: (app) => app.useGlobalPipes(new QuickValidationPipe({ transform: true })),
      logger: false,
    });
  });

  afterEach(() => bus?.close());

  it('are answered, or dead-lettered', async () => {
    await bus?.send('orders', { amount: 4 });
    await bus?.send('orders', { amount: 'many' });
    await bus?.settled();
    expect(bus?.sent.one({ to: 'totals' }).body).toEqual({ total: 8, attempt: 1 });
    expect(bus?.sent).toMatchObject([{ to: 'totals', body: { total: 8 } }]);
    expect(bus?.deadLettered).toMatchObject([{ reason: 'ValidationFailed', attempt: 1 }]);
    expect(bus?.completed).toContainEqual(expect.objectContaining({ from: 'orders', attempt: 1 }));
    expect(bus?.retried).toEqual([]);
  });

  it('are answered when the clock says so', async () => {
    bus?.faults.refuseSends(2, 'amqp:not-allowed', 'totals');
    await bus?.send('orders', { amount: 4 });
    await bus?.clock.advance(60_000);
    bus?.sent.one({ to: 'totals', body: expect.objectContaining({ total: 8 }) });
  });
});

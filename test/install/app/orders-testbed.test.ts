import { ServiceBusTestbed } from 'nestjs-service-bus/testing';

import { AppModule } from './app.module.js';

describe('orders, on a testbed', () => {
  it('are answered, or dead-lettered', async () => {
    process.env['SB_CONNECTION'] = 'Endpoint=sb://127.0.0.1:1;SharedAccessKeyName=none;SharedAccessKey=none';
    const bus = await ServiceBusTestbed.create({ imports: [AppModule], entities: { queues: ['replies'] } });
    await bus.send('orders', { amount: 4 });
    await bus.settled();
    expect(bus.sent.one({ to: 'totals' }).body).toEqual({ total: 8, attempt: 1 });
    await bus.close();
  });
});

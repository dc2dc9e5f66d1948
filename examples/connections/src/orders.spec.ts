import assert from 'node:assert/strict';
import { it } from 'node:test';

import { ServiceBusTestbed } from 'nestjs-service-bus/testing';

import { OrdersModule } from './orders.module.js';

void it('tells the reports what was sold', async () => {
  await using bus = await ServiceBusTestbed.create({ imports: [OrdersModule], logger: false });
  await bus.send('orders', { id: 6, item: 'tea', pieces: 2 });
  await bus.settled();
  assert.deepEqual(bus.sent.one({ to: 'sales', connection: 'reports' }).body, { order: 6, euros: 6 });
});

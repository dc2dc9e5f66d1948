import assert from 'node:assert/strict';
import { it } from 'node:test';

import { ServiceBusTestbed } from 'nestjs-service-bus/testing';

import { OrderPlaced } from './contracts.js';
import { WarehouseController } from './warehouse.controller.js';

void it('books what there is, and sets aside what there is not', async () => {
  const bus = await ServiceBusTestbed.create({ controllers: [WarehouseController], logger: false });
  await bus.publish(OrderPlaced, { id: 1, item: 'tea', pieces: 2 });
  await bus.publish(OrderPlaced, { id: 2, item: 'a boat', pieces: 1 });
  await bus.settled();
  assert.deepEqual(bus.completed.one().body, { id: 1, item: 'tea', pieces: 2 });
  assert.equal(bus.deadLettered.one().reason, 'UnknownItem');
  await bus.close();
});

import assert from 'node:assert/strict';
import { it } from 'node:test';

import { ServiceBusTestbed } from 'nestjs-service-bus/testing';

import { WorkerModule } from './worker.module.js';

void it('does jobs, tries one again, and gives up on what cannot be done', async () => {
  await using bus = await ServiceBusTestbed.create({ imports: [WorkerModule], logger: false });
  await bus.send('jobs', { id: 1, text: 'easy' });
  await bus.send('jobs', { id: 2, text: 'at last', isUnlucky: true });
  await bus.send('jobs', { id: 3 });
  await bus.settled();
  assert.equal(bus.completed.one().attempt, 1);
  assert.equal(bus.deadLettered.one({ body: { id: 3 } }).reason, 'NoText');
  assert.equal(bus.retried.one({ body: { id: 2, isUnlucky: true } }).delayMs, 200);
  await bus.clock.advance(200);
  assert.equal(bus.completed.one({ body: { id: 2 } }).attempt, 2);
});

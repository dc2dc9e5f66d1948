import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer } from 'node:http';
import { type AddressInfo } from 'node:net';
import { after, before, it } from 'node:test';

import { ServiceBusBindings } from 'nestjs-service-bus';
import { ServiceBusTestbed } from 'nestjs-service-bus/testing';

import { LEDGER_URL } from './ledger.js';
import { SalesModule } from './sales.module.js';

// A ledger that is busy once.
const answers = [503];
const ledger = createServer((_request, response) => {
  response.writeHead(answers.shift() ?? 201, { 'retry-after': '30' }).end();
});

before(() => once(ledger.listen(0, '127.0.0.1'), 'listening'));
after(() => ledger.close());

function start(): Promise<ServiceBusTestbed> {
  const { port } = ledger.address() as AddressInfo;
  return ServiceBusTestbed.create({
    imports: [SalesModule],
    connections: { reports: {} },
    override: (builder) => builder.overrideProvider(LEDGER_URL).useValue(`http://127.0.0.1:${port}`),
    logger: false,
  });
}

void it('comes again when the ledger has asked for it', async () => {
  await using bus = await start();
  await bus.send('sales', { order: 6, euros: 6 });
  await bus.settled();
  assert.equal(bus.retried.one().delayMs, 30_000);
  await bus.clock.advance(30_000);
  assert.equal(bus.completed.one({ connection: 'reports' }).attempt, 2);
});

void it('leaves sales on their queue while it is paused', async () => {
  await using bus = await start();
  await bus.get(ServiceBusBindings).pause('sales');
  await bus.send('sales', { order: 7, euros: 3 });
  await bus.settled();
  assert.equal(bus.connection('reports').entity('sales').messageCount, 1);
  bus.get(ServiceBusBindings).resume('sales');
  await bus.settled();
  assert.equal(bus.completed.one().attempt, 1);
});

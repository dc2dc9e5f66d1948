import { createServer } from 'node:http';
import { type AddressInfo } from 'node:net';
import { pathToFileURL } from 'node:url';

import { ServiceBusClient } from '@azure/service-bus';
import { type AuditLine, createDeskHandler, Desk, type DeskHandlerOptions } from 'service-bus-desk';
import { type Emulator } from 'service-bus-emulator';

import { startTestEmulator } from '../../../../test/support/start-emulator.js';
import { deadLetterAll } from '../dead-letter-all.js';

/** A desk that is served, over an emulator with something in it. */
export interface ServedDesk {
  readonly url: string;
  readonly emulator: Emulator;
  readonly client: ServiceBusClient;
  readonly audited: readonly AuditLine[];
  close(): Promise<void>;
}

const ERRORS = [
  {
    reason: 'TypeError',
    description: (n: number) => `Cannot read properties of undefined (reading 'price${n}')`,
    handler: 'OrdersController.place',
  },
  {
    reason: 'HttpError',
    description: (n: number) => `GET http://stock/items/${n} failed: 503 Service Unavailable`,
    handler: 'OrdersController.reserve',
  },
  {
    reason: 'ValidationFailed',
    description: (n: number) => `items.${n}.quantity must be a positive number`,
    handler: 'OrdersController.place',
  },
] as const;

/** Serves the page from a folder that it was built into. `further` entities have nothing in them. */
export async function serveDesk(
  folder: string,
  {
    further = 0,
    deadLetters = 40,
    ...options
  }: Partial<DeskHandlerOptions> & { further?: number; deadLetters?: number } = {},
): Promise<ServedDesk> {
  const rules = [
    { name: 'large', filter: { kind: 'sql', expression: "total > 100 AND sys.Label = 'order'" } },
    {
      name: 'vip',
      filter: { kind: 'correlation', label: 'order', properties: new Map([['customer', 'vip']]) },
    },
  ] as const;
  const emulator = await startTestEmulator({
    queues: [
      'orders',
      'orders-repaired',
      'invoices',
      { name: 'carts', requiresSession: true },
      ...Array.from({ length: further }, (_, index) => `tenant-${String(index).padStart(4, '0')}-events`),
    ],
    topics: [{ name: 'shop', subscriptions: [{ name: 'audit', rules }, 'mail'] }],
  });
  const client = new ServiceBusClient(emulator.connectionString);
  if (deadLetters > 0) await fill(client, deadLetters);
  const desk = await Desk.open({ connectionString: emulator.connectionString });
  const audited: AuditLine[] = [];
  const handler = createDeskHandler(desk, {
    basePath: '/desk',
    files: pathToFileURL(`${folder}/`),
    identify: () => ({ name: 'night-shift', maySee: true, mayChange: true }),
    audit: (line) => void audited.push(line),
    ...options,
  });
  const server = createServer((request, response) => handler(request, response));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/desk/`,
    emulator,
    client,
    audited,
    async close() {
      await handler.close();
      server.closeAllConnections();
      server.close();
      await desk.close();
      await client.close();
      await emulator.close();
    },
  };
}

async function fill(client: ServiceBusClient, deadLetters: number): Promise<void> {
  const sender = client.createSender('orders');
  const bodies = Array.from({ length: deadLetters }, (_, index) => ({
    body: { order: 4_700 + index, items: [{ sku: `A-${index}`, quantity: index % 5 }], total: 19.9 * index },
    messageId: `order-${4_700 + index}`,
    subject: 'order',
    contentType: 'application/json',
    applicationProperties: { customer: index % 2 === 0 ? 'vip' : 'new', attempt: index % 5 },
  }));
  for (let from = 0; from < bodies.length; from += 500)
    await sender.sendMessages(bodies.slice(from, from + 500));
  await deadLetterAll(client, 'orders', deadLetters, (_, index) => {
    const error = ERRORS[index % 7 < 4 ? 0 : index % 7 < 6 ? 1 : 2] ?? ERRORS[0];
    return { reason: error.reason, description: error.description(index), handler: error.handler };
  });
  await sender.sendMessages(bodies.slice(0, 12));
  await client
    .createSender('carts')
    .sendMessages(['cart-17', 'cart-18'].map((sessionId) => ({ body: { sessionId }, sessionId })));
  const session = await client.acceptSession('carts', 'cart-17');
  await session.setSessionState(Buffer.from(JSON.stringify({ step: 'paid', total: 42 })));
  await session.close();
  await client
    .createSender('invoices')
    .scheduleMessages([{ body: 'reminder' }], new Date(Date.now() + 86_400_000));
}

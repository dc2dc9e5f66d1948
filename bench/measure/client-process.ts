import { ServiceBusClient, type ServiceBusSender } from '@azure/service-bus';
import { ServiceBusClientProxy } from 'nestjs-service-bus';
import { lastValueFrom, type Observable } from 'rxjs';

import { answer } from '../process/answer.js';
import { makeOrders } from './make-orders.js';
import { type Pace } from './latency.js';
import { oneByOne, timed } from './one-by-one.js';
import { percentile } from './statistics.js';

/** Where the client connects to. */
export interface ClientAssignment {
  readonly address: string;
  /** Where a service answers. */
  readonly queue: string;
  /** Where nobody reads. */
  readonly events: string;
  readonly replyQueue: string;
}

const BYTES = 100;

let client: ServiceBusClientProxy;
let sdk: ServiceBusClient;
let sender: ServiceBusSender;

const done = (values: Observable<unknown>): Promise<unknown> => lastValueFrom(values, { defaultValue: null });

/** All at once; returns how many were accepted in a second. */
async function atOnce(count: number, work: (order: object) => Promise<unknown>): Promise<number> {
  const orders = [...makeOrders(count, BYTES)];
  const ms = await timed(() => Promise.all(orders.map((order) => work(order))));
  return (count / ms) * 1_000;
}

async function atPace({ requestsPerSecond, seconds }: Pace): Promise<number> {
  const warmUp = requestsPerSecond;
  const times: number[] = [];
  const startMs = performance.now();
  const requests: Promise<unknown>[] = [];
  for (const order of makeOrders(warmUp + requestsPerSecond * seconds, BYTES)) {
    const waitMs = startMs + (order.id * 1_000) / requestsPerSecond - performance.now();
    if (waitMs > 0) await new Promise((resolve) => setTimeout(resolve, waitMs));
    const request = timed(() => done(client.send('orders', order)));
    requests.push(request.then((ms) => order.id >= warmUp && times.push(ms)));
  }
  await Promise.all(requests);
  return percentile(times, 0.5);
}

answer({
  start: async (question) => {
    const { address, queue, events, replyQueue } = question as ClientAssignment;
    sdk = new ServiceBusClient(address);
    sender = sdk.createSender(events);
    client = new ServiceBusClientProxy({
      connectionString: address,
      queues: { orders: queue, events },
      replyQueue,
    });
    await client.connect();
  },
  requestsAtPace: (pace) => atPace(pace as Pace),
  requestsOneByOne: (count) => oneByOne(count as number, (order) => done(client.send('orders', order))),
  emitsOneByOne: (count) => oneByOne(count as number, (order) => done(client.emit('events', order))),
  emitsAtOnce: (count) => atOnce(count as number, (order) => done(client.emit('events', order))),
  sdkSendsAtOnce: async (count) => {
    const send = (body: object): Promise<unknown> =>
      sender.sendMessages({ body, contentType: 'application/json' });
    // Opens the link.
    await send({});
    return atOnce(count as number, send);
  },
  close: async () => {
    await client.close();
    await sdk.close();
  },
});

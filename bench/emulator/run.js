// npm run bench:emulator [-- --json] [-- --quick]
import { ServiceBusClient } from '@azure/service-bus';

import { inParallel, median, rate } from './measure.js';
import { acceptNext, fill, latency, receiveAndComplete, sendInBatches, sendSingly } from './scenarios.js';
import { sideBySide } from './side-by-side.js';
import { startBroker, timeStarts } from './start-broker.js';

const json = process.argv.includes('--json');
const quick = process.argv.includes('--quick');
const DEEP = quick ? 100_000 : 1_000_000;
const SHALLOW = 1_000;
const COUNT = quick ? 4_000 : 20_000;
const ROUNDS = quick ? 1 : 5;

const results = [];
function report(figure, unit, value) {
  results.push({ figure, unit, value });
  if (!json) console.log(`${figure.padEnd(58)} ${String(value).padStart(10)} ${unit}`);
}

async function openAt(depth) {
  const broker = await startBroker({ queues: [{ name: 'work', maxSizeInMegabytes: 80_000 }] });
  const client = new ServiceBusClient(broker.connectionString);
  const before = await broker.memory();
  await fill(client, 'work', depth);
  const after = await broker.memory();
  const close = async () => {
    await client.close();
    await broker.close();
  };
  return {
    client,
    depth,
    bytesPerMessage: Math.round((after.used - before.used) / depth),
    figures: {},
    close,
  };
}

async function measure({ client, figures }) {
  const add = (figure, value) => (figures[figure] ??= []).push(value);
  add('sends/s, one by one, 500 in flight', await sendSingly(client, 'work', COUNT));
  add('sends/s, in batches of 500', await sendInBatches(client, 'work', COUNT));
  for (const concurrency of [1, 20, 100, 500]) {
    const count = concurrency === 1 ? COUNT / 10 : COUNT / 2;
    const perSecond = await receiveAndComplete(client, 'work', count, concurrency);
    add(`receive + complete/s, concurrency ${concurrency}`, perSecond);
  }
}

/** Alternates between both, so that other load on the machine affects both. */
async function depths() {
  const shallow = await openAt(SHALLOW);
  const deep = await openAt(DEEP);
  report('memory per queued 1 KB message', 'bytes', deep.bytesPerMessage);
  for (let round = 0; round < ROUNDS; round += 1) {
    const turns = round % 2 === 0 ? [shallow, deep] : [deep, shallow];
    for (const turn of turns) await measure(turn);
  }
  for (const { depth, figures } of [shallow, deep]) {
    for (const [figure, values] of Object.entries(figures)) {
      report(`${figure}, ${depth.toLocaleString('en')} queued`, 'messages/s', median(values));
    }
  }
  for (const [figure, values] of Object.entries(shallow.figures)) {
    const ratios = values.map((value, round) => deep.figures[figure][round] / value);
    report(`${figure}: deep ÷ shallow`, 'ratio', median(ratios).toFixed(2));
  }
  await shallow.close();
  await deep.close();
}

/** What a test waits for, from a process that has loaded the emulator to one that accepts connections. */
async function starts() {
  for (const host of ['127.0.0.1', 'localhost']) {
    const times = [];
    for (let round = 0; round < (quick ? 5 : 15); round += 1) times.push(await timeStarts(host));
    for (const which of ['first', 'second']) {
      const values = times.map((time) => time[which]);
      report(`${which} start in a process, on ${host}`, 'ms', median(values).toFixed(1));
    }
  }
}

async function latencies() {
  const broker = await startBroker({ queues: ['work'] });
  const client = new ServiceBusClient(broker.connectionString);
  const { p50, p99 } = await latency(client, 'work', 100, quick ? 3 : 20);
  report('end to end at 100 messages/s, p50', 'ms', p50.toFixed(2));
  report('end to end at 100 messages/s, p99', 'ms', p99.toFixed(2));
  await client.close();
  await broker.close();
}

async function fanOut() {
  for (const subscriptions of [10, 100, 1_000]) {
    const broker = await startBroker({
      topics: [
        {
          name: 'events',
          subscriptions: Array.from({ length: subscriptions }, (_, index) => ({
            name: `s${index}`,
            rules: [
              { name: 'one', filter: { kind: 'sql', expression: `number = ${index} AND color LIKE 'r%'` } },
            ],
          })),
        },
      ],
    });
    const client = new ServiceBusClient(broker.connectionString);
    const sender = client.createSender('events');
    const message = { body: BODY_SMALL, applicationProperties: { number: 5, color: 'red' } };
    await sender.sendMessages(message);
    const count = quick ? 1_000 : 5_000;
    const perSecond = await rate(count, () => inParallel(count, 100, () => sender.sendMessages(message)));
    report(`send to a topic with ${subscriptions} filters`, 'µs', Math.round(1e6 / perSecond));
    await client.close();
    await broker.close();
  }
}
const BODY_SMALL = 'x'.repeat(100);

async function sessions() {
  const count = quick ? 1_000 : 10_000;
  const broker = await startBroker({ queues: [{ name: 'grouped', requiresSession: true }] });
  const client = new ServiceBusClient(broker.connectionString);
  const sender = client.createSender('grouped');
  await inParallel(count / 100, 4, (index) =>
    sender.sendMessages(
      Array.from({ length: 100 }, (_, each) => ({ body: 'x', sessionId: `s${index * 100 + each}` })),
    ),
  );
  const { p50, p99 } = await acceptNext(client, 'grouped', 200);
  report(`accept the next of ${count.toLocaleString('en')} sessions, p50`, 'ms', p50.toFixed(2));
  report(`accept the next of ${count.toLocaleString('en')} sessions, p99`, 'ms', p99.toFixed(2));
  await client.close();
  await broker.close();
}

await starts();
await sideBySide(COUNT, Math.max(3, ROUNDS), report);
await depths();
await latencies();
await fanOut();
await sessions();
if (json) console.log(JSON.stringify({ node: process.version, results }, null, 2));

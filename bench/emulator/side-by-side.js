import { RabbitMqServer } from '../.compiled/bench/broker/rabbitmq-server.js';
import { median } from './measure.js';
import { connectTo, receiveAll, sendAll } from './rhea-client.js';
import { startBroker } from './start-broker.js';

async function startEmulatorAlone() {
  const broker = await startBroker({ queues: ['work'] });
  const { port } = new URL(/Endpoint=(sb:[^;]+)/.exec(broker.connectionString)[1]);
  const processorUs = async () => {
    const { user, system } = await broker.processor();
    return user + system;
  };
  const account = { port: Number(port), username: 'RootManageSharedAccessKey', password: 'SAS_KEY_VALUE' };
  return { name: 'emulator', address: 'work', account, processorUs, close: () => broker.close() };
}

/** RabbitMQ with its plugin for AMQP 1.0; the queue keeps what is not durable in memory, as the emulator does. */
async function startRabbitMq() {
  const server = await RabbitMqServer.start(['rabbitmq_amqp1_0']);
  return {
    name: 'RabbitMQ',
    address: '/queue/work',
    account: { port: Number(new URL(server.address).port), username: 'guest', password: 'guest' },
    processorUs: () => server.processorUs(),
    close: () => server.close(),
  };
}

async function costs({ account, address, processorUs }, count) {
  const connection = await connectTo(account);
  const figures = {};
  for (const [what, work] of [
    ['a send of 1 KB', sendAll],
    ['a receive of 1 KB', receiveAll],
  ]) {
    const before = await processorUs();
    await work(connection, address, count);
    figures[what] = ((await processorUs()) - before) / count;
  }
  connection.close();
  return figures;
}

/** Processor time of the broker's own process for each message, with one client for all: rhea, 500 in flight. */
export async function sideBySide(count, rounds, report) {
  const brokers = [await startEmulatorAlone()];
  if (RabbitMqServer.isInstalled()) brokers.push(await startRabbitMq());
  else report('RabbitMQ is not installed (Debian: rabbitmq-server)', '', 'skipped');
  const rows = brokers.map((broker) => ({ broker, figures: {} }));
  try {
    // The first round is for compilers and caches.
    for (let round = 0; round <= rounds; round += 1) {
      for (const { broker, figures } of round % 2 === 0 ? rows : rows.toReversed()) {
        for (const [what, cost] of Object.entries(await costs(broker, count))) {
          if (round > 0) (figures[what] ??= []).push(cost);
        }
      }
    }
    for (const { broker, figures } of rows) {
      for (const [what, values] of Object.entries(figures)) {
        report(`${what}, ${broker.name}: processor time`, 'µs', median(values).toFixed(1));
      }
    }
  } finally {
    for (const broker of brokers) await broker.close();
  }
}

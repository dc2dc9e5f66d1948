import { inParallel, percentile, rate } from './measure.js';

const BODY = Buffer.alloc(1024, 'x');

/** Fills a queue with 1 KB messages, in batches. */
export async function fill(client, queue, count) {
  const sender = client.createSender(queue);
  const perBatch = 200;
  await inParallel(Math.ceil(count / perBatch), 8, (index) =>
    sender.sendMessages(
      Array.from({ length: Math.min(perBatch, count - index * perBatch) }, () => ({ body: BODY })),
    ),
  );
  await sender.close();
}

export async function sendSingly(client, queue, count) {
  const sender = client.createSender(queue);
  await sender.sendMessages({ body: BODY });
  const result = await rate(count, () => inParallel(count, 500, () => sender.sendMessages({ body: BODY })));
  await sender.close();
  return result;
}

export async function sendInBatches(client, queue, count) {
  const sender = client.createSender(queue);
  // 100 bytes each: a batch of 256 KB cannot hold 500 messages of 1 KB.
  const body = BODY.subarray(0, 100);
  const batch = Array.from({ length: 500 }, () => ({ body }));
  const result = await rate(count, () => inParallel(count / 500, 4, () => sender.sendMessages(batch)));
  await sender.close();
  return result;
}

export async function receiveAndComplete(client, queue, count, concurrency) {
  const receiver = client.createReceiver(queue, { maxAutoLockRenewalDurationInMs: 0 });
  let done = 0;
  const result = await rate(
    count,
    () =>
      new Promise((resolve, reject) => {
        receiver.subscribe(
          {
            processMessage: async (message) => {
              await receiver.completeMessage(message);
              done += 1;
              if (done === count) resolve();
            },
            processError: async ({ error }) => reject(error),
          },
          { maxConcurrentCalls: concurrency, autoCompleteMessages: false },
        );
      }),
  );
  await receiver.close();
  return result;
}

/** Time from just before the send until arrival, at a steady rate, in milliseconds. */
export async function latency(client, queue, perSecond, seconds) {
  const sender = client.createSender(queue);
  const receiver = client.createReceiver(queue, { receiveMode: 'receiveAndDelete' });
  const latencies = [];
  const total = perSecond * seconds;
  const finished = new Promise((resolve, reject) => {
    receiver.subscribe(
      {
        processMessage: async ({ body }) => {
          latencies.push(performance.now() - body);
          if (latencies.length === total) resolve();
        },
        processError: async ({ error }) => reject(error),
      },
      { maxConcurrentCalls: 20 },
    );
  });
  const start = performance.now();
  for (let index = 0; index < total; index += 1) {
    const wait = start + (index * 1000) / perSecond - performance.now();
    if (wait > 0) await new Promise((resolve) => setTimeout(resolve, wait));
    void sender.sendMessages({ body: performance.now() });
  }
  await finished;
  await receiver.close();
  await sender.close();
  return { p50: percentile(latencies, 0.5), p99: percentile(latencies, 0.99) };
}

export async function acceptNext(client, queue, count) {
  const times = [];
  const receivers = [];
  for (let index = 0; index < count; index += 1) {
    const start = performance.now();
    receivers.push(await client.acceptNextSession(queue));
    times.push(performance.now() - start);
  }
  await Promise.all(receivers.map((receiver) => receiver.close()));
  return { p50: percentile(times, 0.5), p99: percentile(times, 0.99) };
}

// npm run bench:outbox [-- --quick] [-- --depth]: the second measures only how many waiting messages slow it down
import { randomUUID } from 'node:crypto';

import { median } from '../emulator/measure.js';
import { onAccepted, openScene, transaction, waiting } from './scene.js';

const quick = process.argv.includes('--quick');
const ROUNDS = quick ? 3 : 7;
const TRANSACTIONS = quick ? 1_000 : 4_000;
const onlyDepth = process.argv.includes('--depth');
const DEEP = quick && !onlyDepth ? 100_000 : 1_000_000;
const DRAINED = quick ? 5_000 : 20_000;
const FEW = 10_000;
const payload = {
  order: 4711,
  customer: 'somebody',
  lines: Array.from({ length: 8 }, (_, line) => ({ line, amount: line * 3 })),
};
const body = Buffer.from(JSON.stringify(payload));

const say = (figure, value, unit) =>
  console.log(`${figure.padEnd(72)} ${String(value).padStart(10)} ${unit}`);
const rounded = (value, digits = 2) => Number(value.toFixed(digits));
const spread = (values, digits = 2) =>
  `${rounded(median(values), digits)} (${rounded(Math.min(...values), digits)}–${rounded(Math.max(...values), digits)})`;

/** Runs `count` pieces of work, `concurrency` at a time; returns pieces per second. */
async function perSecond(count, concurrency, work) {
  let begun = 0;
  const startedAtMs = performance.now();
  await Promise.all(
    Array.from({ length: concurrency }, async () => {
      while (begun++ < count) await work();
    }),
  );
  return (count * 1_000) / (performance.now() - startedAtMs);
}

const bareInsert = (client) =>
  client.query(
    'INSERT INTO bare (lane, destination, ordering_key, message_id, content_type, body, properties) VALUES ($1, $2, $3, $4, $5, $6, $7)',
    [1, 'out', null, randomUUID(), 'application/json', body, '{}'],
  );

async function until(isTrue) {
  while (!(await isTrue())) await new Promise((resolve) => setTimeout(resolve, 10));
}

/** A transaction with one message beside one with a bare INSERT, in turns. */
async function costOfAdding({ pool }, outbox, what) {
  for (const concurrency of [1, 16]) {
    const figures = { bare: [], outbox: [], ordered: [], ratio: [], orderedRatio: [] };
    const count = concurrency === 1 ? TRANSACTIONS / 4 : TRANSACTIONS;
    for (let round = 0; round < ROUNDS; round += 1) {
      const bare = await perSecond(count, concurrency, () => transaction(pool, bareInsert));
      const added = await perSecond(count, concurrency, () =>
        transaction(pool, (client) => outbox.add(client, { to: 'out', payload })),
      );
      const ordered = await perSecond(count, concurrency, () =>
        transaction(pool, (client) => outbox.add(client, { to: 'out', payload, orderingKey: randomUUID() })),
      );
      figures.bare.push(bare);
      figures.outbox.push(added);
      figures.ordered.push(ordered);
      figures.ratio.push(bare / added);
      figures.orderedRatio.push(bare / ordered);
    }
    const at = `${what}, ${concurrency} connection${concurrency === 1 ? '' : 's'}`;
    say(`${at}: transactions with a bare INSERT`, spread(figures.bare, 0), '/s');
    say(`${at}: transactions with outbox.add`, spread(figures.outbox, 0), '/s');
    say(`${at}: transactions with outbox.add and an ordering key`, spread(figures.ordered, 0), '/s');
    say(`${at}: cost ÷ bare INSERT`, spread(figures.ratio), '');
    say(`${at}: cost with an ordering key ÷ bare INSERT`, spread(figures.orderedRatio), '');
  }
}

async function addingMany({ pool }, outbox) {
  const rates = { bare: [], outbox: [] };
  for (let round = 0; round < ROUNDS; round += 1) {
    const bare = await perSecond(100, 4, () =>
      transaction(pool, (client) => {
        const values = Array.from({ length: 100 }, (_, row) => {
          const first = row * 7;
          return `(${[1, 2, 3, 4, 5, 6, 7].map((column) => `$${first + column}`).join(', ')})`;
        });
        const parameters = Array.from({ length: 100 }, () => [
          1,
          'out',
          null,
          randomUUID(),
          'application/json',
          body,
          '{}',
        ]);
        return client.query(
          `INSERT INTO bare (lane, destination, ordering_key, message_id, content_type, body, properties) VALUES ${values.join(', ')}`,
          parameters.flat(),
        );
      }),
    );
    const messages = Array.from({ length: 100 }, () => ({ to: 'out', payload }));
    const added = await perSecond(100, 4, () =>
      transaction(pool, (client) => outbox.addAll(client, messages)),
    );
    rates.bare.push(bare * 100);
    rates.outbox.push(added * 100);
  }
  say('rows/s by bare INSERTs, 100 in a transaction', spread(rates.bare, 0), '/s');
  say('rows/s by outbox.addAll, 100 in a transaction', spread(rates.outbox, 0), '/s');
}

/** Rows that wait for a destination, without their adders. */
async function fill({ pool }, count, destination, schema) {
  await pool.query(
    `INSERT INTO ${schema}.service_bus_outbox (lane, destination, message_id, content_type, body, properties)
     SELECT lanes[1 + i % array_length(lanes, 1)], $2, gen_random_uuid()::text, 'application/json', $3, '{}'
     FROM generate_series(1, $1::int) AS i,
       (SELECT array_agg(DISTINCT lane) AS lanes FROM ${schema}.service_bus_outbox WHERE destination = $2) AS known`,
    [count, destination, body],
  );
}

/** Fills a table, and waits until the database has done what that leaves behind: it is not the outbox' cost. */
async function openDeep(scene, schema, count, destination = 'out') {
  const app = await scene.startApp({ delivers: false, notifies: false, schema });
  const messages = Array.from({ length: 300 }, () => ({ to: destination, payload }));
  await transaction(scene.pool, (client) => app.outbox.addAll(client, messages));
  await fill(scene, count, destination, schema);
  await scene.pool.query(`VACUUM ANALYZE ${schema}.service_bus_outbox`);
  await scene.pool.query('CHECKPOINT');
  return app;
}

/** Transactions that add to a table where few wait, and to one where many do, in turns: the disk is not the same twice. */
async function addingBesideMany(scene) {
  const few = await openDeep(scene, 'few', FEW);
  const many = await openDeep(scene, 'many', DEEP);
  const rates = { few: [], many: [], ratio: [] };
  const add = (app) =>
    perSecond(TRANSACTIONS / 4, 4, () =>
      transaction(scene.pool, (client) => app.outbox.add(client, { to: 'out', payload })),
    );
  for (let round = 0; round < ROUNDS; round += 1) {
    // Who comes second has the disk's queue of the first.
    const [first, second] = round % 2 === 0 ? ['few', 'many'] : ['many', 'few'];
    const apps = { few, many };
    rates[first].push(await add(apps[first]));
    rates[second].push(await add(apps[second]));
    rates.ratio.push(rates.many.at(-1) / rates.few.at(-1));
  }
  await Promise.all([few.close(), many.close()]);
  say(`transactions with outbox.add, ${FEW} waiting`, spread(rates.few, 0), '/s');
  say(`transactions with outbox.add, ${DEEP} waiting`, spread(rates.many, 0), '/s');
  say(`the same, ${DEEP} waiting ÷ ${FEW} waiting`, spread(rates.ratio), '');
}

/** Messages per second from the outbox to the broker. */
async function drain(scene, schema) {
  let accepted = 0;
  let firstAtMs = 0;
  onAccepted((_, atMs) => {
    accepted += 1;
    if (accepted === 2_000) firstAtMs = atMs;
  });
  const app = await scene.startApp({ schema });
  await until(() => accepted >= DRAINED);
  const rate = ((DRAINED - 2_000) * 1_000) / (performance.now() - firstAtMs);
  await app.close();
  return rate;
}

async function draining(scene) {
  const rates = { few: [], many: [], ratio: [] };
  for (let round = 0; round < (quick ? 1 : 3); round += 1) {
    // What the last round has sent.
    for (const schema of ['few', 'many']) await fill(scene, DRAINED + 5_000, 'out', schema);
    await scene.pool.query('CHECKPOINT');
    for (const schema of ['few', 'many']) rates[schema].push(await drain(scene, schema));
    rates.ratio.push(rates.many.at(-1) / rates.few.at(-1));
  }
  say(`delivered, ${FEW} waiting`, spread(rates.few, 0), '/s');
  say(`delivered, ${DEEP} waiting`, spread(rates.many, 0), '/s');
  say(`the same, ${DEEP} waiting ÷ ${FEW} waiting`, spread(rates.ratio), '');
}

async function latency(scene, outbox, what, rounds = quick ? 200 : 1_000) {
  const committed = new Map();
  const took = [];
  onAccepted((id, atMs) => {
    const since = committed.get(id);
    if (since === undefined) committed.set(id, -atMs);
    else took.push(Math.max(0, atMs - since));
  });
  for (let round = 0; round < rounds; round += 1) {
    const { messageId } = await transaction(scene.pool, (client) =>
      outbox.add(client, { to: 'other', payload }),
    );
    const atMs = performance.now();
    const early = committed.get(messageId);
    // The answer of the COMMIT may be read behind that of the broker.
    if (early === undefined) committed.set(messageId, atMs);
    else took.push(Math.max(0, -early - atMs));
    await new Promise((resolve) => setTimeout(resolve, Math.random() * 20));
  }
  await until(() => took.length === rounds);
  took.sort((one, other) => one - other);
  say(`${what}: commit to acceptance, p50`, rounded(took[Math.floor(rounds * 0.5)]), 'ms');
  say(`${what}: commit to acceptance, p99`, rounded(took[Math.floor(rounds * 0.99)]), 'ms');
}

async function measureSmall(scene) {
  let app = await scene.startApp({ delivers: false, notifies: false });
  await costOfAdding(scene, app.outbox, 'adding alone');
  await addingMany(scene, app.outbox);
  await app.close();
  app = await scene.startApp({ delivers: false });
  await costOfAdding(scene, app.outbox, 'adding with NOTIFY');
  await app.close();
  await scene.pool.query('TRUNCATE service_bus_outbox');

  app = await scene.startApp();
  await latency(scene, app.outbox, 'one message at a time');
  await until(async () => (await waiting(scene.pool)) === 0);
  await new Promise((resolve) => setTimeout(resolve, 2_000));
  scene.queries = 0;
  await new Promise((resolve) => setTimeout(resolve, 10_000));
  say('idle: queries in ten poll intervals', scene.queries, '');
  await costOfAdding(scene, app.outbox, 'delivering meanwhile');
  await app.close();
}

async function measureDeep(scene) {
  await addingBesideMany(scene);
  await draining(scene);
  const rounds = quick ? 100 : 300;
  let app = await scene.startApp();
  await latency(scene, app.outbox, 'nothing else waits', rounds);
  await app.close();
  const missing = await openDeep(scene, 'missing', DEEP, 'missing');
  await missing.close();
  app = await scene.startApp({ schema: 'missing' });
  await latency(scene, app.outbox, `${DEEP} wait for a queue that is not there`, rounds);
  await app.close();
}

async function main() {
  const scene = await openScene();
  try {
    if (!onlyDepth) await measureSmall(scene);
    await measureDeep(scene);
  } finally {
    await scene.close();
  }
}

await main();

import { ServiceBusClient } from '@azure/service-bus';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { cp, mkdir, mkdtemp, readdir, readFile, rm, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';

import { ClassicLevel } from 'classic-level';

import { type EncodedMessage } from '../src/amqp/codec/message/encoded-message.js';
import { type Emulator } from '../src/index.js';
import { HEAD_KEY } from '../src/store/head.js';
import { listStoreFiles } from '../src/store/keep-files.js';
import { openStore } from '../src/store/open-store.js';
import { salvageStore } from '../src/store/salvage-store.js';
import { unseal } from '../src/store/seal.js';
import { startTestEmulator } from '../../../test/support/start-emulator.js';
import { until } from '../../../test/support/until.js';

const ENTITIES = {
  queues: [
    'orders',
    { name: 'grouped', requiresSession: true },
    { name: 'once', requiresDuplicateDetection: true },
    { name: 'gone' },
    'awaited',
  ],
  topics: [
    {
      name: 'events',
      subscriptions: [
        {
          name: 'red',
          rules: [{ name: 'r', filter: { kind: 'sql' as const, expression: "color = 'red'" } }],
        },
      ],
    },
  ],
};

describe('a data directory', () => {
  let directory: string;
  let emulator: Emulator;
  let client: ServiceBusClient;

  async function start(entities = ENTITIES): Promise<void> {
    emulator = await startTestEmulator(entities, { dataDirectory: directory });
    client = new ServiceBusClient(emulator.connectionString);
  }

  async function restart(entities?: typeof ENTITIES): Promise<void> {
    await client.close();
    await emulator.close();
    await start(entities);
  }

  beforeEach(async () => {
    directory = await mkdtemp(path.join(tmpdir(), 'emulator-'));
    await start();
  });

  afterEach(async () => {
    await client.close();
    await emulator.close();
    await rm(directory, { recursive: true });
  });

  it('takes nothing more once it is closed: what comes then is never acknowledged, and ends nobody', async () => {
    await client.close();
    await emulator.close();
    const failures: unknown[] = [];
    const store = await openStore(directory, (error) => failures.push(error));
    store.takeRecords();
    const closing = store.close();
    store.journal.messageIdRemembered('once', 'before', 1);
    await closing;
    let isDurable = false;
    store.journal.messageIdRemembered('once', 'late', 1);
    store.whenDurable(() => (isDurable = true));
    // A write would begin at the end of the turn, and fail soon after.
    for (let turns = 0; turns < 10; turns++) await new Promise((resolve) => setImmediate(resolve));
    expect({ failures, isDurable }).toEqual({ failures: [], isDurable: false });
    await start();
  });

  it('keeps messages, their order, and how often they were delivered', async () => {
    const sender = client.createSender('orders');
    await sender.sendMessages([
      { body: 'one', messageId: '1', applicationProperties: { number: 7 } },
      { body: 'two', messageId: '2' },
    ]);
    const receiver = client.createReceiver('orders');
    const [first] = await receiver.receiveMessages(1);
    await receiver.abandonMessage(first!);
    await restart();

    const again = await client.createReceiver('orders').receiveMessages(2, { maxWaitTimeInMs: 2_000 });
    expect(again.map(({ body }) => body as string)).toEqual(['one', 'two']);
    expect(again[0]).toMatchObject({ deliveryCount: 1, applicationProperties: { number: 7 } });
    expect(again[0]?.enqueuedTimeUtc).toEqual(first?.enqueuedTimeUtc);
    expect(again[0]?.sequenceNumber).toEqual(first?.sequenceNumber);
  });

  it('forgets what was completed, and never gives a number twice', async () => {
    const sender = client.createSender('orders');
    await sender.sendMessages({ body: 'one' });
    const receiver = client.createReceiver('orders');
    const [first] = await receiver.receiveMessages(1);
    await receiver.completeMessage(first!);
    await restart();

    expect(emulator.entity('orders').messages()).toEqual([]);
    await client.createSender('orders').sendMessages({ body: 'two' });
    const [second] = await client.createReceiver('orders').receiveMessages(1);
    expect(second?.sequenceNumber?.toNumber()).toBeGreaterThan(first!.sequenceNumber!.toNumber());
  });

  it('keeps deferred, scheduled and dead-lettered messages', async () => {
    const sender = client.createSender('orders');
    await sender.sendMessages([{ body: 'later' }, { body: 'dead' }]);
    await sender.scheduleMessages({ body: 'tomorrow' }, new Date(Date.now() + 86_400_000));
    await client.createSender('awaited').scheduleMessages({ body: 'soon' }, new Date(Date.now() + 50));
    await until(() => emulator.entity('awaited').counts.active === 1);
    const receiver = client.createReceiver('orders');
    const [later, dead] = await receiver.receiveMessages(2);
    await receiver.deferMessage(later!);
    await receiver.deadLetterMessage(dead!, {
      deadLetterReason: 'Broken',
      deadLetterErrorDescription: 'for good',
    });
    await restart();

    expect(emulator.entity('orders').counts).toEqual({ active: 0, deferred: 1, scheduled: 1 });
    const deferred = await client.createReceiver('orders').receiveDeferredMessages(later!.sequenceNumber!);
    expect(deferred[0]?.body).toBe('later');
    const [letter] = await client.createReceiver('orders', { subQueueType: 'deadLetter' }).receiveMessages(1);
    expect(letter).toMatchObject({ body: 'dead', deadLetterReason: 'Broken' });
    expect(await client.createReceiver('awaited').peekMessages(1)).toMatchObject([{ state: 'scheduled' }]);
  });

  it('keeps the state of sessions', async () => {
    await client.createSender('grouped').sendMessages({ body: 'x', sessionId: 'a' });
    const session = await client.acceptSession('grouped', 'a');
    await session.setSessionState({ step: 3 });
    await restart();

    const again = await client.acceptNextSession('grouped');
    expect(again.sessionId).toBe('a');
    expect(await again.getSessionState()).toEqual({ step: 3 });
  });

  it('still drops duplicates of what it took before', async () => {
    await client.createSender('once').sendMessages({ body: 'x', messageId: 'same' });
    await restart();
    await client.createSender('once').sendMessages({ body: 'x', messageId: 'same' });
    expect(emulator.entity('once').counts.active).toBe(1);
  });

  it('keeps entities that are no longer declared, with their rules', async () => {
    await restart({ queues: [], topics: [] });
    const sender = client.createSender('events');
    await sender.sendMessages([
      { body: 'r', applicationProperties: { color: 'red' } },
      { body: 'b', applicationProperties: { color: 'blue' } },
    ]);
    expect(emulator.entity('events/Subscriptions/red').counts.active).toBe(1);
  });

  it('refuses a directory that another emulator uses, and looks at nothing in it', async () => {
    // What the other one may have at any moment: a table that it is still writing, and a copy for a salvage.
    const [table, kept] = [path.join(directory, '999999.ldb'), path.join(directory, 'before-opening')];
    await writeFile(table, 'half of a table');
    await mkdir(kept, { recursive: true });
    await expect(startTestEmulator({}, { dataDirectory: directory })).rejects.toThrow(
      `${directory}: another process uses this directory`,
    );
    expect(await readdir(directory)).toContain('before-opening');
    for (const file of [table, kept]) await rm(file, { recursive: true });
    await expect(salvageStore(directory, `${directory}-salvaged`)).rejects.toThrow(
      `${directory}: another process uses this directory`,
    );
    expect(await readdir(path.dirname(directory))).not.toContain(`${path.basename(directory)}-salvaged`);
  });
});

describe('a data directory whose files are damaged', () => {
  let folder: string;
  let whole: string;
  let bodies: readonly string[];
  let copies = 0;

  // Some messages in a table, as after a restart, and some in the log.
  beforeAll(async () => {
    folder = await mkdtemp(path.join(tmpdir(), 'emulator-'));
    whole = path.join(folder, 'whole');
    for (const round of [1, 2]) {
      const emulator = await startTestEmulator(ENTITIES, { dataDirectory: whole });
      const client = new ServiceBusClient(emulator.connectionString);
      const sender = client.createSender('orders');
      const sends = Array.from({ length: 20 }, (_, index) =>
        sender.sendMessages({ body: `${round}-${index} `.repeat(50), messageId: `${round}-${index}` }),
      );
      await Promise.all(sends);
      await client.close();
      await emulator.close();
    }
    bodies = await readBodies(await copy());
    expect(bodies).toHaveLength(40);
  });
  afterAll(() => rm(folder, { recursive: true }));

  async function copy(): Promise<string> {
    const directory = path.join(folder, `copy-${++copies}`);
    await cp(whole, directory, { recursive: true });
    return directory;
  }

  async function readBodies(directory: string): Promise<string[]> {
    const store = await openStore(directory, () => undefined);
    const messages = [...(store.takeRecords().messages ?? [])];
    await store.close();
    return messages.map(({ content }) => (content as EncodedMessage).bytes.toString('latin1')).sort();
  }

  async function file(directory: string, pattern: RegExp): Promise<string> {
    const name = (await readdir(directory)).find((each) => pattern.test(each));
    return path.join(directory, name ?? 'none');
  }

  // FUZZ_INPUTS tries as many places.
  const inputs = Number(process.env['FUZZ_INPUTS'] ?? 60);
  it(
    'is refused, or has lost nothing, wherever it is damaged',
    async () => {
      const names = await listStoreFiles(whole);
      let seed = 20;
      const random = (below: number): number => {
        seed = (Math.imul(seed, 1_664_525) + 1_013_904_223) >>> 0;
        return Math.floor((seed / 2 ** 32) * below);
      };
      const refused: string[] = [];
      for (let input = 0; input < inputs; input += 1) {
        const directory = await copy();
        const target = path.join(directory, names[input % names.length] as string);
        const bytes = await readFile(target);
        const place = random(bytes.length);
        const kind = ['altered', 'altered', 'cut off', 'gone'][random(4)] as string;
        if (kind === 'gone') await rm(target);
        else if (kind === 'cut off') await truncate(target, place);
        else {
          bytes[place] = (bytes[place] as number) ^ (1 << random(8));
          await writeFile(target, bytes);
        }
        const what = `${path.basename(target)} ${kind} at ${place}`;
        const found = await readBodies(directory).catch((error: Error) => error);
        if (!(found instanceof Array)) {
          refused.push(what);
          expect(found).toMatchObject({ name: 'StoreError', message: expect.stringContaining(directory) });
        } else expect({ what, found }).toEqual({ what, found: bodies });
        await rm(directory, { recursive: true });
      }
      expect(refused.length).toBeGreaterThan(0);
    },
    60_000 + 100 * inputs,
  );

  it.each([
    ['the database of its files', /^CURRENT$/, 'the file CURRENT is missing'],
    ['its table', /\.ldb$/, 'missing files'],
    ['its log', /\.log$/, 'missing'],
    ['its stamp', /^SERVICE-BUS-EMULATOR$/, 'the file SERVICE-BUS-EMULATOR is missing'],
  ])('is refused without %s, and never written over', async (_what, pattern, reason) => {
    const directory = await copy();
    await rm(await file(directory, pattern));
    for (const _attempt of [1, 2]) {
      await expect(startTestEmulator(ENTITIES, { dataDirectory: directory })).rejects.toThrow(
        new RegExp(`${directory}: the store is damaged .*${reason}.*salvage --data ${directory}`),
      );
    }
  });

  it.each([/^CURRENT$/, /^MANIFEST/])('opens even if its lock has lost %s', async (pattern) => {
    const directory = await copy();
    await rm(await file(path.join(directory, 'in-use'), pattern));
    expect(await readBodies(directory)).toEqual(bodies);
  });

  it.each([
    ['its log', /\.log$/, '2-7 2-7'],
    ['a table', /\.ldb$/, '1-7 1-7'],
  ])('is salvaged with damage in %s: what can be read is carried over', async (what, pattern, body) => {
    const directory = await copy();
    const target = await file(directory, pattern);
    const bytes = await readFile(target);
    const place = bytes.indexOf(body);
    bytes[place] = (bytes[place] as number) ^ 1;
    await writeFile(target, bytes);
    await expect(readBodies(directory)).rejects.toThrow('the store is damaged');
    const saved = path.join(folder, `saved from ${what}`);
    const { carried, losses } = await salvageStore(directory, saved);
    const found = await readBodies(saved);
    expect(bodies).toEqual(expect.arrayContaining(found));
    expect(found).toHaveLength(carried.messages);
    expect(carried.messages).toBeGreaterThan(20);
    expect(carried.messages).toBeLessThan(40);
    expect(losses.join()).toMatch(/missing|altered/);
    await expect(salvageStore(directory, saved)).rejects.toThrow(`${saved}: there is a store already`);
  });

  it('gets its checksums at the next start if it is older than these', async () => {
    const directory = await copy();
    const database = new ClassicLevel<string, Buffer>(directory, { valueEncoding: 'buffer' });
    for (const [key, value] of await database.iterator().all()) {
      if (key !== HEAD_KEY) await database.put(key, unseal(key, value)?.value ?? value);
    }
    await database.del(HEAD_KEY);
    await database.close();
    await rm(path.join(directory, 'SERVICE-BUS-EMULATOR'));
    expect(await readBodies(directory)).toEqual(bodies);
    expect(await readBodies(directory)).toEqual(bodies);
    await rm(path.join(directory, 'SERVICE-BUS-EMULATOR'));
    await expect(readBodies(directory)).rejects.toThrow('SERVICE-BUS-EMULATOR is missing');
  });
});

import { describe, expect, it } from '@jest/globals';
import Long from 'long';

import { EmulatorScene, emulatorScene, receiveAll, receiveOne } from './support/emulator-scene.js';

describe('peek', () => {
  const scene = emulatorScene({
    queues: [
      'empty',
      'pages',
      'gaps',
      'states',
      'from',
      'many',
      'dead',
      'large',
      { name: 'sessions', requiresSession: true },
    ],
    topics: [{ name: 'events', subscriptions: ['all'] }],
  });
  const bodies = (messages: { body: unknown }[]) => messages.map(({ body }) => body);

  it('of an empty queue is an empty list', async () => {
    expect(await scene.receiver('empty').peekMessages(10)).toEqual([]);
  });

  it('continues where the last one ended', async () => {
    await scene.send('pages', ...[1, 2, 3, 4, 5].map((body) => ({ body })));
    const receiver = scene.receiver('pages');
    expect(bodies(await receiver.peekMessages(2))).toEqual([1, 2]);
    expect(bodies(await receiver.peekMessages(2))).toEqual([3, 4]);
    expect(bodies(await receiver.peekMessages(2))).toEqual([5]);
    expect(await receiver.peekMessages(2)).toEqual([]);
  });

  it('skips numbers of messages that are gone', async () => {
    await scene.send('gaps', ...[1, 2, 3, 4, 5, 6].map((body) => ({ body })));
    const receiver = scene.receiver('gaps');
    const messages = await receiveAll(receiver, 5);
    for (const index of [0, 2, 3]) await receiver.completeMessage(messages[index]!);
    expect(bodies(await receiver.peekMessages(2))).toEqual([2, 5]);
    expect(bodies(await receiver.peekMessages(2))).toEqual([6]);
  });

  it('shows messages in every state, locks none and has no lock tokens', async () => {
    await scene.send('states', { body: 'deferred' }, { body: 'locked' }, { body: 'active' });
    const receiver = scene.receiver('states');
    await receiver.deferMessage(await receiveOne(receiver));
    await receiveOne(receiver);
    await scene.client
      .createSender('states')
      .scheduleMessages({ body: 'scheduled' }, new Date(scene.now() + 60_000));

    const peeked = await receiver.peekMessages(10);
    expect(peeked.map(({ body, state }) => [body as string, state])).toEqual([
      ['deferred', 'deferred'],
      ['locked', 'active'],
      ['active', 'active'],
      ['scheduled', 'scheduled'],
    ]);
    expect(peeked.map((message) => (message as { lockToken?: string }).lockToken)).toEqual(
      Array<undefined>(4).fill(undefined),
    );
    expect(scene.entity('states').lockedCount).toBe(1);
    expect((await receiveOne(receiver)).body).toBe('active');
  });

  it('starts at a given number', async () => {
    await scene.send('from', ...[1, 2, 3].map((body) => ({ body })));
    const receiver = scene.receiver('from');
    expect(bodies(await receiver.peekMessages(10, { fromSequenceNumber: Long.fromNumber(2) }))).toEqual([
      2, 3,
    ]);
    expect(bodies(await receiver.peekMessages(10, { fromSequenceNumber: Long.fromNumber(4) }))).toEqual([]);
  });

  it('returns at most 250 messages', async () => {
    await scene.client
      .createSender('many')
      .sendMessages(Array.from({ length: 600 }, (_, body) => ({ body })));
    const receiver = scene.receiver('many');
    const seen: unknown[] = [];
    for (const size of [250, 250, 100]) {
      const page = await receiver.peekMessages(1_000);
      expect(page).toHaveLength(size);
      seen.push(...bodies(page));
    }
    expect(seen).toEqual(Array.from({ length: 600 }, (_, index) => index));
  });

  it('returns fewer messages when they are large, and misses none', async () => {
    const body = Buffer.alloc(200 * 1024, 7);
    for (let sent = 0; sent < 8; sent += 1) await scene.send('large', { body });
    const receiver = scene.receiver('large');
    let seen = 0;
    for (let page = await receiver.peekMessages(8); page.length > 0; page = await receiver.peekMessages(8)) {
      expect(page.every((message) => body.equals(message.body as Buffer))).toBe(true);
      seen += page.length;
    }
    expect(seen).toBe(8);
  });

  it('looks into an entity with sessions without a session, and into one of its sessions', async () => {
    for (const sessionId of ['a', 'b', 'a']) await scene.send('sessions', { body: sessionId, sessionId });
    const receiver = scene.receiver('sessions');
    expect(bodies(await receiver.peekMessages(10))).toEqual(['a', 'b', 'a']);
    const session = await scene.client.acceptSession('sessions', 'a');
    const fromSequenceNumber = Long.fromNumber(1);
    expect(bodies(await session.peekMessages(10, { fromSequenceNumber }))).toEqual(['a', 'a']);
  });

  it.each([
    { peeksShowLocks: true, shown: ['object', 'undefined'] },
    { peeksShowLocks: false, shown: ['undefined', 'undefined'] },
  ])('shows until when a message is locked as the option says: $peeksShowLocks', async (options) => {
    const { shown, peeksShowLocks } = options;
    const other = new EmulatorScene({ queues: ['q'] }, { peeksShowLocks });
    await other.open();
    try {
      await other.send('q', { body: 'locked' }, { body: 'waiting' });
      const receiver = other.receiver('q');
      await receiveOne(receiver);
      const peeked = await receiver.peekMessages(2);
      expect(peeked.map(({ lockedUntilUtc }) => typeof lockedUntilUtc)).toEqual(shown);
      expect(peeked.map(({ lockToken }) => lockToken)).toEqual([undefined, undefined]);
    } finally {
      await other.close();
    }
  });

  it('looks into dead-letter queues and subscriptions', async () => {
    await scene.send('dead', { body: 'poison' });
    const receiver = scene.receiver('dead');
    await receiver.deadLetterMessage(await receiveOne(receiver), {
      deadLetterReason: 'r',
      deadLetterErrorDescription: 'd',
    });
    expect(await scene.receiver('dead/$DeadLetterQueue').peekMessages(5)).toMatchObject([
      { body: 'poison', deadLetterReason: 'r' },
    ]);
    await scene.send('events', { body: 'news' });
    expect(await scene.receiver('events/Subscriptions/all').peekMessages(5)).toMatchObject([
      { body: 'news' },
    ]);
  });
});

describe('the sequence numbers of a partitioned entity', () => {
  const scene = emulatorScene({ queues: [{ name: 'parts', enablePartitioning: true }] });

  it('page, receive and cancel as others do', async () => {
    const sender = scene.client.createSender('parts');
    for (const body of Array.from({ length: 20 }, (_, index) => index)) {
      await sender.sendMessages({ body, partitionKey: `key ${body % 5}` });
    }
    const receiver = scene.receiver('parts');
    const pages = [];
    for (let page = await receiver.peekMessages(6); page.length > 0; page = await receiver.peekMessages(6)) {
      pages.push(...page);
    }
    const numbers = pages.map(({ sequenceNumber }) => sequenceNumber!);
    expect(new Set(pages.map(({ body }) => body as number)).size).toBe(20);
    expect(numbers.every((number, index) => index === 0 || number.gt(numbers[index - 1]!))).toBe(true);
    const partitions = new Set(numbers.map((number) => number.shiftRight(48).toNumber()));
    expect(partitions.size).toBeGreaterThan(1);
    const [from] = await receiver.peekMessages(1, { fromSequenceNumber: numbers[10]! });
    expect(from!.sequenceNumber).toEqual(numbers[10]);

    for (const message of await receiveAll(receiver, 20)) await receiver.deferMessage(message);
    const [deferred] = await receiver.receiveDeferredMessages(numbers[19]!);
    expect(deferred!.sequenceNumber).toEqual(numbers[19]);
    await receiver.completeMessage(deferred!);

    const [scheduled] = await sender.scheduleMessages({ body: 'later' }, new Date(scene.now() + 60_000));
    await sender.cancelScheduledMessages(scheduled!);
    const left = await scene.peek('parts');
    expect(left).toHaveLength(19);
    expect(left.every(({ state }) => state === 'deferred')).toBe(true);
  });
});

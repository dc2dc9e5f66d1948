import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';

import { ServiceBusClient, type ServiceBusMessage } from '@azure/service-bus';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type ChangeOptions, Desk } from 'service-bus-desk';
import { type Emulator, ManualClock } from 'service-bus-emulator';

import { startTestEmulator } from '../../../test/support/start-emulator.js';
import { deadLetterAll } from './dead-letter-all.js';

const LOCK_MS = 5_000;
const AT_ONCE: ChangeOptions = { canary: false };

describe('giving dead letters back', () => {
  let emulator: Emulator;
  let client: ServiceBusClient;
  let desk: Desk;
  let folder: string;
  let nextQueue = 0;
  const clock = new ManualClock();

  beforeAll(async () => {
    folder = await mkdtemp(path.join(tmpdir(), 'desk-'));
    emulator = await startTestEmulator(
      {
        queues: [
          ...['q0', 'q1', 'q2', 'q3', 'q4', 'q5', 'q6', 'q7', 'q8', 'q9', 'q10'].map((name) => ({
            name,
            lockDurationMs: LOCK_MS,
            requiresDuplicateDetection: true,
          })),
          { name: 'sessions', requiresSession: true },
          'others',
          'imported',
        ],
        topics: [{ name: 'events', subscriptions: ['audit', 'mail'] }],
      },
      { clock },
    );
    client = new ServiceBusClient(emulator.connectionString);
    desk = await Desk.open({ connectionString: emulator.connectionString });
  });

  afterAll(async () => {
    await desk.close();
    await client.close();
    await emulator.close();
    await rm(folder, { recursive: true });
  });

  /** A queue of which `count` messages were dead-lettered, each third as `odd`. */
  async function fill(
    count: number,
    messageOf: (index: number) => Partial<ServiceBusMessage> = () => ({}),
  ): Promise<string> {
    const queue = `q${nextQueue++}`;
    const messages = Array.from({ length: count }, (_, index) => ({
      body: { index },
      messageId: `id-${index}`,
      ...messageOf(index),
    }));
    await client.createSender(queue).sendMessages(messages);
    await deadLetterAll(client, queue, count, (_, index) => ({
      reason: index % 3 === 0 ? 'odd' : 'even',
      description: `number ${index}`,
    }));
    return queue;
  }

  const indexesIn = (entity: string): number[] =>
    emulator
      .entity(entity)
      .messages()
      .map(({ body }) => (body as { index: number }).index);

  const upTo = (count: number, isIn: (index: number) => boolean = () => true): number[] =>
    Array.from({ length: count }, (_, index) => index).filter(isIn);

  it('sends a copy with an id of its own, says where it came from, and removes the original', async () => {
    const queue = await fill(3, (index) => ({ applicationProperties: { keep: index } }));
    const result = await desk.resubmit(queue, AT_ONCE);
    expect(result).toMatchObject({ planned: 3, done: 3, failed: 0, missing: 0, dryRun: false });
    expect(indexesIn(`${queue}/$DeadLetterQueue`)).toEqual([]);
    const [copy] = emulator.entity(queue).messages();
    expect(copy?.messageId).toMatch(/^resubmit-[\da-f]{40}$/);
    const property = (name: string): unknown => copy?.applicationProperty(name);
    expect(property('keep')).toBe(0);
    expect(property('original-message-id')).toBe('id-0');
    expect(property('original-sequence-number')).toBe(1);
    expect(property('original-entity')).toBe(queue);
    expect(property('resubmit-dead-letter-reason')).toBe('odd');
    expect(property('resubmit-count')).toBe(1);
    expect(property('DeadLetterReason') ?? undefined).toBeUndefined();
    expect(copy?.deliveryCount).toBe(0);
  });

  it('takes what is wanted from between what is not, which stays where it was, in its order', async () => {
    const queue = await fill(90);
    const filter = { reason: 'odd' };
    expect(await desk.resubmit(queue, { ...AT_ONCE, filter, dryRun: true })).toMatchObject({
      planned: 30,
      done: 0,
    });
    expect(indexesIn(`${queue}/$DeadLetterQueue`)).toHaveLength(90);
    const held: number[] = [];
    const onProgress = (progress: { held: number }): number => held.push(progress.held);
    expect(await desk.resubmit(queue, { ...AT_ONCE, filter, max: 20, onProgress })).toMatchObject({
      done: 20,
    });
    expect(Math.max(...held)).toBeGreaterThan(30);
    const dead = emulator.entity(`${queue}/$DeadLetterQueue`);
    expect(dead.lockedCount).toBe(0);
    expect(indexesIn(`${queue}/$DeadLetterQueue`)).toEqual(
      upTo(90, (index) => index % 3 !== 0 || index >= 60),
    );
    expect(indexesIn(queue)).toEqual(upTo(60, (index) => index % 3 === 0));
    await expect(desk.resubmit(queue, { ...AT_ONCE, filter, maxHeld: 5 })).rejects.toMatchObject({
      code: 'held-limit',
    });
    expect(dead.lockedCount).toBe(0);
  });

  it('stops after the first ten unless they succeed', async () => {
    const queue = await fill(30);
    const waiting = desk.resubmit(queue, { canaryWaitMs: 0 });
    await expect(waiting).rejects.toMatchObject({ code: 'canary-failed' });
    await expect(waiting).rejects.toThrow('10 of the first messages still wait');
    expect(indexesIn(`${queue}/$DeadLetterQueue`)).toEqual(upTo(30, (index) => index >= 10));
    // Somebody who fails again.
    const failing = deadLetterAll(client, queue, 20, () => ({
      reason: 'Again',
      description: 'still broken\n at x',
    }));
    await expect(desk.resubmit(queue)).rejects.toThrow(
      'failed again, and the others were left alone: Again: still broken',
    );
    await failing;
    // And somebody who does not.
    const receiver = client.createReceiver(queue);
    const controller = new AbortController();
    const handling = (async (): Promise<void> => {
      while (!controller.signal.aborted) {
        const messages = await receiver.receiveMessages(10, { maxWaitTimeInMs: 500 });
        await Promise.all(messages.map((message) => receiver.completeMessage(message)));
      }
    })();
    expect(await desk.resubmit(queue)).toMatchObject({ done: 30, failed: 0 });
    controller.abort();
    await handling;
    expect(indexesIn(`${queue}/$DeadLetterQueue`)).toEqual([]);
  });

  it('does not send twice what a killed run has sent, and goes on where that one ended', async () => {
    const queue = await fill(40);
    const journal = path.join(folder, 'killed.jsonl');
    const controller = new AbortController();
    const stopped = desk.resubmit(queue, {
      ...AT_ONCE,
      journal,
      rate: 40,
      signal: controller.signal,
      onProgress: ({ done }) => done >= 20 && controller.abort(new Error('killed')),
    });
    await expect(stopped).rejects.toThrow('killed');
    const text = await readFile(journal, 'utf8');
    await expect(desk.resubmit(queue, { ...AT_ONCE, journal })).rejects.toMatchObject({ code: 'journal' });
    // Killed before it could write down the last step, and in the middle of a line.
    const lines = text.trimEnd().split('\n');
    await writeFile(journal, `${lines.slice(0, -2).join('\n')}\n{"sent":["3`);
    await expect(desk.purge(queue, { journal, resume: true })).rejects.toThrow(
      "that run's action was resubmit",
    );
    const result = await desk.resubmit(queue, { ...AT_ONCE, journal, resume: true, waitForLocksMs: 0 });
    expect(result.planned).toBe(40);
    expect(indexesIn(`${queue}/$DeadLetterQueue`)).toEqual([]);
    expect(indexesIn(queue)).toEqual(upTo(40));
  });

  it('only removes, later, what was sent and could not be removed', async () => {
    const queue = await fill(5);
    const journal = path.join(folder, 'locks-lost.jsonl');
    emulator.faults.failSettlements(2, `${queue}/$DeadLetterQueue`);
    const first = await desk.resubmit(queue, { ...AT_ONCE, journal, waitForLocksMs: 0 });
    expect(first).toMatchObject({ planned: 5, done: 3, missing: 2 });
    expect(indexesIn(`${queue}/$DeadLetterQueue`)).toHaveLength(2);
    clock.advance(LOCK_MS);
    expect(await desk.resubmit(queue, { ...AT_ONCE, journal, resume: true })).toMatchObject({
      done: 5,
      missing: 0,
    });
    expect(indexesIn(`${queue}/$DeadLetterQueue`)).toEqual([]);
    expect(indexesIn(queue)).toEqual(upTo(5));
  });

  it('goes on when its connection is lost', async () => {
    const queue = await fill(60);
    let drops = 0;
    const result = await desk.resubmit(queue, {
      ...AT_ONCE,
      filter: { reason: 'even' },
      rate: 80,
      onProgress: ({ done }) => {
        if (done < drops * 15 + 10 || drops >= 2) return;
        drops++;
        emulator.dropConnections();
        // The locks of what was held go on without us; time heals that.
        setTimeout(() => clock.advance(LOCK_MS), 200);
      },
    });
    expect(result).toMatchObject({ done: 40, failed: 0, missing: 0 });
    expect(drops).toBe(2);
    expect(indexesIn(queue)).toEqual(upTo(60, (index) => index % 3 !== 0));
    expect(indexesIn(`${queue}/$DeadLetterQueue`)).toEqual(upTo(60, (index) => index % 3 === 0));
  });

  it('edits, and keeps locked what the broker goes by', async () => {
    const queue = await fill(1, () => ({ contentType: 'application/json', subject: 'old', sessionId: 's' }));
    const edit = { body: '{"index":7}', subject: 'new', properties: { fixed: true } };
    await desk.resubmit(queue, { ...AT_ONCE, edit });
    const [copy] = emulator.entity(queue).messages();
    expect(copy).toMatchObject({ body: { index: 7 }, subject: 'new', sessionId: 's' });
    expect(copy?.applicationProperty('fixed')).toBe(true);
    const locked = { messageId: 'mine' } as object;
    expect(() => desk.resubmit(queue, { edit: locked })).toThrow('messageId cannot be edited');
    expect(() => desk.resubmit(queue, { edit: { properties: { 'resubmit-run': 'x' } } })).toThrow(
      'cannot be edited',
    );
  });

  it('purges what is wanted, and nothing else', async () => {
    const queue = await fill(12);
    expect(await desk.purge(queue, { filter: { reason: 'even' }, rate: 1_000 })).toMatchObject({ done: 8 });
    expect(indexesIn(`${queue}/$DeadLetterQueue`)).toEqual([0, 3, 6, 9]);
  });

  it('takes deferred messages too', async () => {
    const queue = await fill(4);
    const receiver = client.createReceiver(queue, { subQueueType: 'deadLetter' });
    const [first] = await receiver.receiveMessages(1);
    if (first) await receiver.deferMessage(first);
    await receiver.close();
    expect(await desk.resubmit(queue, AT_ONCE)).toMatchObject({ done: 4, missing: 0 });
    expect(indexesIn(queue).sort()).toEqual([0, 1, 2, 3]);
  });

  it('keeps sessions, and their order', async () => {
    const messages = upTo(40).map((index) => ({ body: { index }, sessionId: `s${index % 2}` }));
    await client.createSender('sessions').sendMessages(messages);
    for (const id of ['s0', 's1']) {
      const session = await client.acceptSession('sessions', id);
      for (const message of await session.receiveMessages(20)) await session.deadLetterMessage(message);
      await session.close();
    }
    expect(await desk.resubmit('sessions', AT_ONCE)).toMatchObject({ done: 40 });
    const ofSession = emulator
      .entity('sessions')
      .messages()
      .filter(({ sessionId }) => sessionId === 's1');
    expect(ofSession.map(({ body }) => (body as { index: number }).index)).toEqual(
      upTo(40, (index) => index % 2 === 1),
    );
  });

  it('gives no other subscription a copy unless it is told to', async () => {
    await client.createSender('events').sendMessages({ body: { index: 0 } });
    await deadLetterAll(client, ['events', 'audit'], 1, () => ({ reason: 'A', description: 'a' }));
    const entity = 'events/Subscriptions/audit';
    expect(() => desk.resubmit(entity, AT_ONCE)).toThrow('go to all of its subscriptions');
    expect(() => desk.resubmit(entity, { ...AT_ONCE, to: 'EVENTS' })).toThrow(
      'go to all of its subscriptions',
    );
    await desk.resubmit(entity, { ...AT_ONCE, toAllSubscriptions: true });
    expect(indexesIn('events/Subscriptions/mail')).toEqual([0, 0]);
    await deadLetterAll(client, ['events', 'audit'], 1, () => ({ reason: 'A', description: 'a' }));
    await desk.resubmit(entity, { ...AT_ONCE, to: 'others' });
    expect(indexesIn('others')).toEqual([0]);
    expect(indexesIn('events/Subscriptions/mail')).toEqual([0, 0]);
  });
});

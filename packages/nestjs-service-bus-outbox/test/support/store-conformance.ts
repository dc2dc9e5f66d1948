import { randomUUID } from 'node:crypto';

import { beforeEach, describe, expect, it } from '@jest/globals';

import { until } from '../../../../test/support/until.js';
import {
  type Claim,
  type DeliveryReport,
  type OutboxMessage,
  type OutboxStore,
  type TransactionClient,
  type WaitingMessage,
} from '../../src/index.js';
import { storeMessage } from '../../src/message/store-message.js';

/** An empty store, and transactions of its database. */
export interface StoreUnderTest {
  readonly store: OutboxStore;
  /** Runs work in a transaction, which commits unless it throws. */
  transaction<Result>(work: (client: TransactionClient) => Promise<Result>): Promise<Result>;
}

const LIMITS = { messages: 100, bytes: 1_000_000 };
const wanted = (claim: Partial<Claim> = {}): Claim => ({
  lanes: 100,
  leaseMs: 60_000,
  held: [],
  looksWithinMs: 0,
  ...claim,
});
const report = (one: Partial<DeliveryReport>): DeliveryReport => ({
  sent: [],
  refused: [],
  released: [],
  postponed: [],
  ...one,
});

/** What every store has to hold to. */
export function storeConformance(name: string, open: () => Promise<StoreUnderTest>): void {
  describe(`${name} as a store of an outbox`, () => {
    let store: OutboxStore;
    let transaction: StoreUnderTest['transaction'];
    let me: string;
    let other: string;
    beforeEach(async () => {
      ({ store, transaction } = await open());
      [me, other] = [randomUUID(), randomUUID()];
    });

    const add = (...messages: Partial<OutboxMessage>[]): Promise<void> =>
      transaction((client) =>
        store.add(
          client,
          messages.map((message) => storeMessage({ to: 'q', payload: null, ...message })),
        ),
      );
    const claim = async (owner: string, options?: Partial<Claim>): Promise<number[]> =>
      (await store.claim(owner, wanted(options))).map(({ lane }) => lane);
    const fetch = (lanes: readonly number[]): Promise<readonly WaitingMessage[]> =>
      store.fetch(lanes, LIMITS);
    const take = async (owner: string): Promise<readonly WaitingMessage[]> => fetch(await claim(owner));
    const payloads = (messages: readonly WaitingMessage[]): unknown[] =>
      messages.map(({ body }) => JSON.parse(body.toString()) as unknown);

    it('gives each lane to one owner, until it is given back', async () => {
      await add({ payload: 1, sessionId: 's' });
      const [lane, ...others] = await claim(me);
      expect(others).toEqual([]);
      expect(await claim(other)).toEqual([]);
      const messages = await fetch([lane ?? 0]);
      expect(payloads(messages)).toEqual([1]);
      await store.settle(other, report({ released: [lane ?? 0] }));
      expect(await claim(other)).toEqual([]);
      await store.settle(me, report({ released: [lane ?? 0] }));
      expect(payloads(await take(other))).toEqual([1]);
    });

    it('gives as many lanes as are wanted, whether or not they were leased before', async () => {
      const keys = Array.from({ length: 60 }, (_, key) => ({ sessionId: `${key}` }));
      await add(...keys.slice(0, 2));
      const known = await claim(me);
      await store.settle(me, report({ released: known }));
      await add(...keys);
      expect(await claim(me, { lanes: 1 })).toHaveLength(1);
      expect(await claim(other, { lanes: known.length + 1 })).toHaveLength(known.length + 1);
    });

    it('gives nothing where nothing waits', async () => {
      expect(await claim(me)).toEqual([]);
      await add({ payload: 1 });
      const messages = await take(me);
      await store.settle(me, report({ sent: messages, released: messages.map(({ lane }) => lane) }));
      expect(await claim(me)).toEqual([]);
      expect(await store.statistics()).toEqual({ waiting: 0, oldestAgeMs: 0, refused: 0 });
    });

    it('gives a lane to others when its owner does not renew', async () => {
      await add({ sessionId: 's' });
      const lanes = await claim(me, { leaseMs: 1 });
      await until(async () => (await claim(other)).length === 1);
      expect(await store.renew(me, lanes, 60_000)).toEqual([]);
      expect(await store.renew(other, lanes, 60_000)).toEqual(lanes);
    });

    it('gives lanes once more to an owner that never got the answer, and never those that it holds', async () => {
      await add({ sessionId: 's' });
      const lanes = await claim(me);
      expect(await claim(me, { held: lanes })).toEqual([]);
      expect(await claim(me)).toEqual(lanes);
    });

    it('postpones lanes, and counts how often in a row', async () => {
      await add({ sessionId: 's' });
      const [first] = await store.claim(me, wanted());
      expect(first?.failures).toBe(0);
      await store.settle(me, report({ postponed: [{ lane: first?.lane ?? 0, delayMs: 60_000 }] }));
      expect(await claim(me)).toEqual([]);
      await add({ sessionId: 't' });
      const [second] = await store.claim(me, wanted());
      await store.settle(me, report({ postponed: [{ lane: second?.lane ?? 0, delayMs: 0 }] }));
      let again = await store.claim(me, wanted());
      expect(again).toEqual([{ lane: second?.lane, failures: 1 }]);
      await store.settle(me, report({ released: [second?.lane ?? 0] }));
      again = await store.claim(me, wanted());
      expect(again).toEqual([{ lane: second?.lane, failures: 0 }]);
    });

    it('fetches a lane’s messages in order, within bounds, and a large first one all the same', async () => {
      await add(...[1, 2, 3].map((number) => ({ payload: `${number}`.repeat(100), sessionId: 's' })));
      const lanes = await claim(me);
      expect(await store.fetch(lanes, { messages: 2, bytes: 1_000_000 })).toHaveLength(2);
      expect(await store.fetch(lanes, { messages: 9, bytes: 150 })).toHaveLength(2);
      const [first, ...others] = await store.fetch(lanes, { messages: 9, bytes: 1 });
      expect(others).toEqual([]);
      expect(first?.body.toString()).toBe(`"${'1'.repeat(100)}"`);
    });

    it('puts the messages of a key in the order of the commits', async () => {
      let isSecondIn = false;
      let second: Promise<void> | undefined;
      await transaction(async (client) => {
        await store.add(client, [storeMessage({ to: 'q', payload: 1, sessionId: 's' })]);
        second = add({ payload: 3, sessionId: 's' }).then(() => void (isSecondIn = true));
        await add({ payload: 'another key', sessionId: 't' });
        await store.add(client, [storeMessage({ to: 'q', payload: 2, sessionId: 's' })]);
        expect(isSecondIn).toBe(false);
      });
      await second;
      const messages = (await take(me)).filter(({ orderingKey }) => orderingKey === 's');
      expect(payloads(messages)).toEqual([1, 2, 3]);
    });

    it('adds many messages to many keys at once, without transactions blocking each other for good', async () => {
      const keys = Array.from({ length: 20 }, (_, key) => ({ sessionId: `${key}`, payload: key }));
      await Promise.all(
        Array.from({ length: 6 }, (_, index) => add(...(index % 2 ? keys : keys.toReversed()))),
      );
      expect((await store.statistics()).waiting).toBe(120);
    });

    it('sets messages aside with their reason, takes them back, and deletes them', async () => {
      await add(
        { payload: 1, sessionId: 's' },
        { payload: 2, sessionId: 's' },
        { payload: 3, sessionId: 's' },
      );
      const messages = await take(me);
      const [one, two, three] = messages;
      const told = report({
        sent: [two as WaitingMessage],
        refused: [one, three].map((message) => ({
          ...(message as WaitingMessage),
          reason: 'Bad',
          description: "it's",
        })),
        released: [one?.lane ?? 0],
      });
      await store.settle(me, told);
      // The answer may be lost: the same report changes nothing any more.
      await store.settle(me, told);
      const [latest, earlier, ...others] = await store.listRefused(10);
      expect(others).toEqual([]);
      expect(latest).toMatchObject({ messageId: three?.messageId, reason: 'Bad', description: "it's" });
      expect(earlier?.body).toEqual(one?.body);
      expect(await store.listRefused(10, latest?.id)).toEqual([earlier]);
      expect(await store.statistics()).toMatchObject({ waiting: 0, refused: 2 });
      expect(await store.retryRefused([earlier?.id ?? ''])).toBe(1);
      expect(await store.deleteRefused([latest?.id ?? ''])).toBe(1);
      expect((await take(me)).map(({ messageId }) => messageId)).toEqual([one?.messageId]);
    });

    it('announces what was committed, unless somebody has promised to look', async () => {
      let announced = 0;
      const listening = await store.listen(
        () => announced++,
        () => undefined,
      );
      try {
        await add({ payload: 1 });
        await until(() => announced === 1);
        await transaction(async (client) => {
          await store.add(client, [storeMessage({ to: 'q', payload: 'rolled back' })]);
          throw new Error('rolled back');
        }).catch(() => undefined);
        await claim(me, { looksWithinMs: 200 });
        await add({ payload: 2 });
        await add({ payload: 3 }, { payload: 4 });
        // The promise ends by itself, and so does the silence.
        await until(async () => {
          await add({ payload: 5 });
          return announced > 1;
        });
        expect((await store.statistics()).waiting).toBeGreaterThanOrEqual(5);
      } finally {
        await listening.close();
      }
    });

    it('gives each message to one of many owners, and in order', async () => {
      const keys = ['a', 'b', 'c'];
      for (let number = 0; number < 20; number++)
        await add(...keys.map((sessionId) => ({ sessionId, payload: number })));
      const seen = new Map<string, number[]>(keys.map((key) => [key, []]));
      const work = async (): Promise<void> => {
        const owner = randomUUID();
        while ((await store.statistics()).waiting > 0) {
          const lanes = await claim(owner, { lanes: 2 });
          const messages = await store.fetch(lanes, { messages: 3, bytes: 1_000_000 });
          for (const { orderingKey = '', body } of messages)
            seen.get(orderingKey)?.push(Number(body.toString()));
          await store.settle(owner, report({ sent: messages, released: lanes }));
        }
      };
      await Promise.all([work(), work(), work(), work()]);
      for (const key of keys)
        expect(seen.get(key)).toEqual(Array.from({ length: 20 }, (_, number) => number));
    });
  });
}

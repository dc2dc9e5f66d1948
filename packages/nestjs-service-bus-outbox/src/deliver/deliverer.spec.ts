import { describe, expect, it } from '@jest/globals';

import { until } from '../../../../test/support/until.js';
import { type OutboxStore } from '../store/outbox-store.js';
import { Deliverer } from './deliverer.js';
import { type DelivererObserver } from './deliverer-observer.js';
import { resolveDelivererOptions } from './deliverer-options.js';

/** A store with one lane, and one message in it. */
class OneLane implements Partial<OutboxStore> {
  claims = 0;
  settled = 0;

  claim(): ReturnType<OutboxStore['claim']> {
    return Promise.resolve(this.claims++ === 0 ? [{ lane: 1, failures: 0 }] : []);
  }
  fetch(): ReturnType<OutboxStore['fetch']> {
    const message = { destination: 'q', orderingKey: undefined, messageId: 'm', contentType: 'a/b' };
    const row = { lane: 1, id: '1', ageMs: 0, createdAtMs: 0 };
    return Promise.resolve([{ ...message, ...row, body: Buffer.of(1), properties: '{}' }]);
  }
  settle(): Promise<void> {
    this.settled++;
    return Promise.resolve();
  }
  renew(_: string, lanes: readonly number[]): ReturnType<OutboxStore['renew']> {
    return Promise.resolve(lanes);
  }
}

describe('a deliverer', () => {
  it('stands not still while the broker leaves all of its lanes without an answer', async () => {
    let looks = 0;
    const observer = new Proxy({} as DelivererObserver, {
      get: (_, name) => (name === 'looked' ? () => looks++ : () => undefined),
    });
    let answer = (): void => undefined;
    const sender = { send: () => new Promise<void>((resolve) => (answer = resolve)) };
    const options = resolveDelivererOptions({
      listens: false,
      maxLanes: 1,
      pollIntervalMs: 10,
      stopTimeoutMs: 2_000,
    });
    const store = new OneLane();
    const deliverer = new Deliverer(store as unknown as OutboxStore, sender, options, observer);
    deliverer.start();
    await until(() => looks > 3);
    expect(store.claims).toBe(1);
    answer();
    await deliverer.stop();
    expect(store.settled).toBe(1);
  });
});

import { describe, expect, it } from '@jest/globals';

import { ModelScene } from '../../../test/support/model/model-scene.js';
import { TestContent } from '../../../test/support/model/test-content.js';
import { type Journal, noJournal } from '../entity/journal.js';
import { MessageStore } from './message-store.js';
import { StorageMeter } from './storage-meter.js';

const storeOf = (journal: Journal = noJournal): MessageStore => {
  const { context } = new ModelScene({ journal }).namespace;
  return new MessageStore('q', context, new StorageMeter(context.meter));
};
const content = (size: number): TestContent => new TestContent({ size });

describe('MessageStore', () => {
  it('numbers messages from 1 on and never gives a number twice', () => {
    const store = storeOf();
    const numbers = [1, 2].map(
      () => store.add(0, Infinity, 'active', { content: content(1) }).sequenceNumber,
    );
    store.remove(store.get(2)!);
    numbers.push(store.takeSequenceNumber());
    numbers.push(store.add(0, Infinity, 'active', { content: content(1) }).sequenceNumber);
    expect(numbers).toEqual([1, 2, 3, 4]);
  });

  it('counts messages by state, and their size', () => {
    const store = storeOf();
    const first = store.add(0, Infinity, 'active', { content: content(10) });
    const second = store.add(0, Infinity, 'scheduled', { content: content(20) });
    store.setState(first, 'deferred');
    expect(store.counts).toEqual({ active: 0, deferred: 1, scheduled: 1 });
    store.setContent(first, content(15));
    expect([store.sizeBytes, store.meter.bytes, store.context.meter.bytes]).toEqual([35, 35, 35]);
    store.remove(second);
    store.remove(second);
    expect(store.counts).toEqual({ active: 0, deferred: 1, scheduled: 0 });
    store.clear();
    expect([store.size, store.sizeBytes, store.meter.bytes, store.context.meter.bytes]).toEqual([0, 0, 0, 0]);
    expect(store.counts).toEqual({ active: 0, deferred: 0, scheduled: 0 });
  });

  it("preserves a message's identity when it moves within its entity", () => {
    const [main, deadLetters] = [storeOf(), storeOf()];
    const message = main.add(5, Infinity, 'active', {
      content: content(1),
      hops: 2,
      deadLetterSource: 'other',
    });
    message.deliveryCount = 3;
    const moved = deadLetters.add(99, Infinity, 'active', message.moving());
    expect(moved).toMatchObject({
      sequenceNumber: 1,
      enqueuedSequenceNumber: 1,
      enqueuedTimeMs: 5,
      deliveryCount: 3,
      hops: 2,
      deadLetterSource: 'other',
    });
  });

  it('tells the journal about messages and numbers', () => {
    const told: string[] = [];
    const store = storeOf({
      ...noJournal,
      messageChanged: (address, { sequenceNumber }) => told.push(`${address} +${sequenceNumber}`),
      messageRemoved: (address, sequenceNumber) => told.push(`${address} -${sequenceNumber}`),
      sequenceNumberTaken: (address, sequenceNumber) => told.push(`${address} #${sequenceNumber}`),
    });
    const message = store.add(0, Infinity, 'active', { content: content(1) });
    store.remove(message);
    store.remove(message);
    store.takeSequenceNumber();
    expect(told).toEqual(['q #1', 'q +1', 'q -1', 'q #2']);
  });
});

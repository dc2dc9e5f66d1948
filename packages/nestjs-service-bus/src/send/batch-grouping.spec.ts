import { beforeEach, describe, expect, it } from '@jest/globals';

import { BatchGrouping, keyOf } from './batch-grouping.js';

const of = (...sessions: string[]): { body: string; sessionId: string }[] =>
  sessions.map((sessionId) => ({ body: '', sessionId }));

describe('BatchGrouping', () => {
  let nowMs: number;
  let grouping: BatchGrouping;
  beforeEach(() => {
    nowMs = 0;
    grouping = new BatchGrouping(() => nowMs);
  });

  const refuse = (sessions: string[], isGood: (index: number) => boolean): void => {
    const trial = grouping.afterRefusal(of(...sessions));
    sessions.forEach((_session, index) => trial.ended(isGood(index)));
  };

  it('puts any messages together at first', () => {
    expect(grouping.current).toBe('any');
  });

  it('learns that keys must not be mixed once all members of a mixed batch were good without each other', () => {
    refuse(['a', 'b', 'a'], () => true);
    expect(grouping.current).toBe('same-key');
  });

  it('learns nothing from a batch with a faulty message', () => {
    refuse(['a', 'b', 'a'], (index) => index !== 1);
    refuse(['a', 'a', 'a'], (index) => index !== 1);
    expect(grouping.current).toBe('any');
  });

  it('sends messages alone only after several batches of one key in a row were refused for nothing', () => {
    refuse(['a', 'a'], () => true);
    refuse(['a', 'a'], () => true);
    grouping.accepted();
    refuse(['a', 'a'], () => true);
    refuse(['a', 'a'], () => true);
    expect(grouping.current).toBe('any');
    refuse(['a', 'a'], () => true);
    expect(grouping.current).toBe('alone');
  });

  it('tries again after an hour: the entity may have been made anew', () => {
    refuse(['a', 'b'], () => true);
    nowMs = 59 * 60_000;
    expect(grouping.current).toBe('same-key');
    nowMs = 60 * 60_000;
    expect(grouping.current).toBe('any');
  });
});

describe('keyOf', () => {
  it('is the session’s id, or else the partition key', () => {
    expect(keyOf({ body: '', sessionId: 's', partitionKey: 's' })).toBe('s');
    expect(keyOf({ body: '', partitionKey: 'p' })).toBe('p');
    expect(keyOf({ body: '' })).toBe('');
  });
});

import { describe, expect, it } from '@jest/globals';

import { ModelScene } from '../../../test/support/model/model-scene.js';
import { RecordingJournal } from '../../../test/support/model/recording-journal.js';
import { snapshotOf } from '../../../test/support/model/snapshot-of.js';
import { TestContent } from '../../../test/support/model/test-content.js';
import { restoreNamespace } from './restore-namespace.js';

interface Durable {
  scene: ModelScene;
  journal: RecordingJournal;
}

const start = (): Durable => {
  const journal = new RecordingJournal();
  return { journal, scene: new ModelScene({ journal }) };
};
/** A broker that was killed, and started again at the same time or later. */
const restart = ({ journal, scene }: Durable, nowMs = scene.nowMs): ModelScene => {
  const next = new ModelScene({ journal });
  next.nowMs = nowMs;
  restoreNamespace(next.namespace, nowMs, journal.records());
  return next;
};
const expectKept = (durable: Durable): ModelScene => {
  const next = restart(durable);
  expect(snapshotOf(next.namespace)).toEqual(snapshotOf(durable.scene.namespace));
  expect(next.effects()).toEqual([]);
  return next;
};

describe('what becomes due while the broker is away', () => {
  it('is done and told to the journal when time goes on', () => {
    const durable = start();
    const { scene, journal } = durable;
    scene.queue('q', { deadLetteringOnMessageExpiration: true });
    scene.send(
      'q',
      new TestContent({ messageId: 'expired', timeToLiveMs: 10 }),
      new TestContent({ messageId: 'later', scheduledEnqueueTimeMs: 20 }),
    );
    const next = restart(durable, 5_000);
    expect(next.stored('q')).toEqual(['expired', 'later']);
    next.namespace.advance(5_000);
    expect(next.messages('q')[0]).toMatchObject({
      state: 'active',
      enqueuedTimeMs: 5_000,
      sequenceNumber: 3,
    });
    expect(next.stored('q/$DeadLetterQueue')).toEqual(['expired']);
    expectKept({ scene: next, journal });
  });

  it('includes forwarding that waited for a lock to end', () => {
    const durable = start();
    const { scene, journal } = durable;
    scene.queue('target');
    const source = scene.queue('source');
    scene.send('source', 'a');
    scene.take(scene.receiver('source'));
    source.update(0, { ...source.description, forwardTo: 'target' });
    const next = restart(durable);
    expect([next.stored('source'), next.stored('target')]).toEqual([[], ['a']]);
    expectKept({ scene: next, journal });
  });
});

describe('a restore', () => {
  it('tells the journal nothing', () => {
    const durable = start();
    durable.scene.queue('q', { requiresDuplicateDetection: true });
    durable.scene.send('q', 'a');
    const before = structuredClone({ ...durable.journal, messages: undefined });
    restart(durable);
    expect({ ...durable.journal, messages: undefined }).toEqual(before);
    expect(durable.journal.messages.get('q')?.size).toBe(1);
  });

  it('accepts messages in any order', () => {
    const durable = start();
    durable.scene.queue('q');
    durable.scene.send('q', 'a', 'b', 'c');
    const records = durable.journal.records();
    const next = new ModelScene();
    restoreNamespace(next.namespace, 0, { ...records, messages: [...records.messages!].reverse() });
    expect(next.take(next.receiver('q'), 3).map(({ content }) => content.messageId)).toEqual(['a', 'b', 'c']);
  });

  it('refuses records that do not belong together', () => {
    const durable = start();
    durable.scene.queue('q');
    durable.scene.send('q', 'a');
    const next = new ModelScene();
    expect(() => restoreNamespace(next.namespace, 0, { ...durable.journal.records(), entities: [] })).toThrow(
      expect.objectContaining({ name: 'UnknownAddressError', address: 'q' }),
    );
  });
});

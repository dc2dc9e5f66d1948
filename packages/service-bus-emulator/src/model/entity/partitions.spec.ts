import { describe, expect, it } from '@jest/globals';

import { ModelScene } from '../../../test/support/model/model-scene.js';
import { RecordingJournal } from '../../../test/support/model/recording-journal.js';
import { snapshotOf } from '../../../test/support/model/snapshot-of.js';
import { TestContent } from '../../../test/support/model/test-content.js';
import { Namespace } from '../namespace/namespace.js';
import { restoreNamespace } from '../namespace/restore-namespace.js';
import { peek, receiveDeferred } from '../queue/queue-operations.js';
import { partitionOf } from '../queue/sequence-numbers.js';
import { PARTITION_COUNT } from './partitions.js';

const FIRST_OF_PARTITION_1 = 2 ** 48 + 1;

const sceneWith = (options: object = {}, sceneOptions: ConstructorParameters<typeof ModelScene>[0] = {}) => {
  const scene = new ModelScene(sceneOptions);
  scene.queue('q', { enablePartitioning: true, ...options });
  return scene;
};
const ids = (count: number): string[] => Array.from({ length: count }, (_, index) => `m${index}`);
const inPartitionOf = (key: string, messageId: string) => new TestContent({ messageId, partitionKey: key });
/** Two keys of different partitions. */
const [KEY, OTHER_KEY] = ['a', 'b'];

describe('a partitioned queue', () => {
  it('numbers the messages of each partition by themselves, with the partition in the upper 16 bits', () => {
    const scene = sceneWith();
    const numbers = ids(PARTITION_COUNT + 1).map((id) => scene.send('q', id)[0]!);
    expect(numbers.slice(0, 2)).toEqual([1, FIRST_OF_PARTITION_1]);
    expect(numbers[15]).toBe(15 * 2 ** 48 + 1);
    expect(numbers[16]).toBe(2);
    expect(numbers.every(Number.isSafeInteger)).toBe(true);
  });

  it('keeps messages that are sent together in one partition', () => {
    const [first, second] = sceneWith().send('q', 'm1', 'm2') as [number, number];
    expect(second).toBe(first + 1);
  });

  it.each([
    ['session id', {}, (key: string) => new TestContent({ sessionId: key })],
    ['partition key', {}, (key: string) => new TestContent({ partitionKey: key })],
    [
      'message id, with duplicate detection',
      { requiresDuplicateDetection: true },
      (key: string) => new TestContent({ messageId: key }),
    ],
  ])('has one partition for each %s', (_key, options, message) => {
    const scene = sceneWith(options);
    const partitions = (key: string): number[] =>
      [1, 2, 3].map(() => partitionOf(scene.send('q', message(key))[0]!));
    expect(new Set(partitions(KEY)).size).toBe(1);
    expect(partitions(OTHER_KEY)).not.toContain(partitions(KEY)[0]);
  });

  it('delivers in order within a partition, while the partitions take turns', () => {
    const scene = sceneWith();
    scene.send('q', inPartitionOf(KEY, 'a1'), inPartitionOf(KEY, 'a2'), inPartitionOf(KEY, 'a3'));
    scene.send('q', inPartitionOf(OTHER_KEY, 'b1'));
    const receiver = scene.receiver('q');
    const received = scene.take(receiver, 4).map(({ content }) => content.messageId);
    expect(received.filter((id) => id.startsWith('a'))).toEqual(['a1', 'a2', 'a3']);
    expect(received.indexOf('b1')).toBeLessThan(2);
  });

  it('gives back in order what was abandoned', () => {
    const scene = sceneWith();
    scene.send('q', inPartitionOf(KEY, 'a1'), inPartitionOf(KEY, 'a2'));
    const receiver = scene.receiver('q');
    scene.settle(scene.take(receiver)[0]!, 'abandon');
    expect(scene.take(receiver)[0]?.content.messageId).toBe('a1');
  });

  it('is paged through by sequence number, partition after partition', () => {
    const scene = sceneWith();
    for (const id of ids(40)) scene.send('q', id);
    const seen: number[] = [];
    for (let from = 0; ; from = seen.at(-1)! + 1) {
      const page = peek(scene.source('q'), from, 7);
      if (page.length === 0) break;
      seen.push(...page.map(({ sequenceNumber }) => sequenceNumber));
    }
    expect(seen).toHaveLength(40);
    expect(seen).toEqual([...seen].sort((a, b) => a - b));
  });

  it('keeps numbers and partition of deferred, scheduled and dead-lettered messages', () => {
    const scene = sceneWith();
    const send = (fields: object = {}): number =>
      scene.send('q', new TestContent({ partitionKey: KEY, ...fields }))[0]!;
    const [deferred, dead] = [send(), send()];
    const receiver = scene.receiver('q');
    scene.settle(scene.take(receiver)[0]!, 'defer');
    scene.settle(scene.take(receiver)[0]!, 'dead-letter');
    expect(receiveDeferred(scene.source('q'), 0, [deferred], 'receive-and-delete')).toHaveLength(1);
    expect(scene.messages('q/$DeadLetterQueue')).toMatchObject([{ sequenceNumber: dead }]);

    const scheduled = send({ scheduledEnqueueTimeMs: 100 });
    scene.advance(100);
    expect(scene.messages('q')).toMatchObject([{ sequenceNumber: scheduled + 1 }]);
  });

  it('accepts the session with the oldest message first, whatever its partition', () => {
    const scene = sceneWith({ requiresSession: true });
    const sessions = ['s1', 's2', 's3', 's4', 's5'];
    for (const sessionId of sessions) {
      scene.nowMs += 1;
      scene.send('q', new TestContent({ sessionId }));
    }
    expect(sessions.map(() => scene.session('q', undefined).session!.id)).toEqual(sessions);
  });

  it('knows duplicates by message id and partition key together', () => {
    const scene = sceneWith({ requiresDuplicateDetection: true });
    for (const key of [KEY, OTHER_KEY, KEY]) scene.send('q', inPartitionOf(key, 'm1'));
    expect(scene.stored('q')).toEqual(['m1', 'm1']);
  });

  it('is restored with all its rows of numbers', () => {
    const journal = new RecordingJournal();
    const scene = sceneWith({}, { journal });
    const first = scene.send('q', inPartitionOf(KEY, 'm1'))[0]!;
    scene.take(scene.receiver('q', 'receive-and-delete'));
    const restored = new Namespace({ maxStoredBytes: Infinity, newId: () => 'id' });
    restoreNamespace(restored, 0, journal.records());
    expect(snapshotOf(restored)).toEqual(snapshotOf(scene.namespace));
    expect(restored.target('q').send(0, [inPartitionOf(KEY, 'm2')])).toEqual([first + 1]);
  });
});

describe('a partitioned topic', () => {
  it('gives the copies of its subscriptions numbers of the same partition', () => {
    const scene = new ModelScene();
    scene.namespace.createTopic(0, { name: 't', enablePartitioning: true });
    scene.namespace.createSubscription(0, { topicName: 't', name: 's' });
    const numbers = ['m1', 'm2'].map((id) => scene.send('t', id)[0]!);
    expect(scene.messages('t/Subscriptions/s').map(({ sequenceNumber }) => sequenceNumber)).toEqual(numbers);
    expect(numbers).toEqual([1, FIRST_OF_PARTITION_1]);
  });
});

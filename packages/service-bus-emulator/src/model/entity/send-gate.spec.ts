import { describe, expect, it } from '@jest/globals';

import { inSession, ModelScene, refusedWith } from '../../../test/support/model/model-scene.js';
import { TestContent } from '../../../test/support/model/test-content.js';

const KIBIBYTE = 1024;

describe('what is sent', () => {
  it('is accepted as a whole or not at all', () => {
    const scene = new ModelScene();
    scene.queue('q');
    const tooLarge = new TestContent({ messageId: 'large', size: 256 * KIBIBYTE + 1 });
    expect(() => scene.send('q', 'a', tooLarge, 'b')).toThrow(refusedWith('amqp:link:message-size-exceeded'));
    expect(scene.stored('q')).toEqual([]);
    expect(scene.send('q', 'a', 'b')).toEqual([1, 2]);
  });

  it('may be as large as the entity says', () => {
    const scene = new ModelScene();
    scene.queue('q', { maxMessageSizeInKilobytes: 1 });
    scene.send('q', new TestContent({ size: KIBIBYTE }));
    expect(() => scene.send('q', new TestContent({ size: KIBIBYTE + 1 }))).toThrow(
      refusedWith('amqp:link:message-size-exceeded'),
    );
  });

  it.each(['Disabled', 'SendDisabled'] as const)('is refused by an entity that is %s', (status) => {
    const scene = new ModelScene();
    scene.queue('q', { status });
    scene.namespace.createTopic(0, { name: 't', status });
    for (const target of ['q', 't']) {
      expect(() => scene.send(target, 'a')).toThrow(refusedWith('com.microsoft:entity-disabled', target));
    }
  });

  it('is accepted by an entity from which nobody may receive', () => {
    const scene = new ModelScene();
    scene.queue('q', { status: 'ReceiveDisabled' });
    scene.send('q', 'a');
    expect(scene.stored('q')).toEqual(['a']);
  });

  it.each([
    [{ headerSize: 64 * KIBIBYTE }, { headerSize: 64 * KIBIBYTE + 1 }, 'amqp:link:message-size-exceeded'],
    [
      { largestPropertySize: 32 * KIBIBYTE },
      { largestPropertySize: 32 * KIBIBYTE + 1 },
      'amqp:internal-error',
    ],
  ] as const)('has properties of a bounded size: %o', (allowed, refused, condition) => {
    const scene = new ModelScene();
    scene.queue('q');
    scene.send('q', new TestContent(allowed));
    expect(() => scene.send('q', new TestContent(refused))).toThrow(refusedWith(condition));
  });

  describe('together to a partitioned entity', () => {
    const inPartition = (...fields: ConstructorParameters<typeof TestContent>[0][]): TestContent[] =>
      fields.map((each, index) => new TestContent({ messageId: `m${index}`, ...each }));
    const mixed: [string, TestContent[]][] = [
      ['sessions', inPartition({ sessionId: 'a' }, { sessionId: 'b' })],
      ['partition keys', inPartition({ partitionKey: 'a' }, { partitionKey: 'b' })],
      ['a key and none', inPartition({ partitionKey: 'a' }, {})],
    ];

    it.each(mixed)('is refused if it has different %s', (_what, contents) => {
      const scene = new ModelScene();
      scene.queue('q', { enablePartitioning: true });
      scene.namespace.createTopic(0, { name: 't', enablePartitioning: true });
      scene.queue('plain');
      for (const target of ['q', 't']) {
        expect(() => scene.send(target, ...contents)).toThrow(
          refusedWith(
            'amqp:not-allowed',
            'Batching brokered messages with distinct SessionId or PartitionKey',
          ),
        );
        for (const content of contents) scene.send(target, content);
      }
      scene.send('plain', ...contents);
    });

    it('is accepted with one key or none', () => {
      const scene = new ModelScene();
      scene.queue('q', { enablePartitioning: true });
      scene.send('q', ...inPartition({ partitionKey: 'a' }, { sessionId: 'a' }));
      scene.send('q', ...inPartition({}, {}));
      expect(scene.stored('q')).toHaveLength(4);
    });

    it('is refused with different message ids, if duplicates are detected and no key decides', () => {
      const scene = new ModelScene();
      scene.queue('q', { enablePartitioning: true, requiresDuplicateDetection: true });
      expect(() => scene.send('q', ...inPartition({}, {}))).toThrow(
        refusedWith('amqp:not-allowed', 'distinct SessionId, PartitionKey, or MessageId'),
      );
      scene.send('q', ...inPartition({ partitionKey: 'a' }, { partitionKey: 'a' }));
    });
  });

  it.each([
    ['messageId', 'MessageId'],
    ['sessionId', 'SessionId'],
    ['partitionKey', 'PartitionKey'],
  ])('has a %s of at most 128 characters', (field, name) => {
    const scene = new ModelScene();
    scene.queue('q');
    scene.send('q', new TestContent({ [field]: 'x'.repeat(128) }));
    expect(() => scene.send('q', new TestContent({ [field]: 'x'.repeat(129) }))).toThrow(
      refusedWith('com.microsoft:argument-error', name),
    );
  });

  it('has a partition key that is its session id, if it has both', () => {
    const scene = new ModelScene();
    scene.queue('q');
    scene.send('q', new TestContent({ sessionId: 's', partitionKey: 's' }));
    expect(() => scene.send('q', new TestContent({ sessionId: 's', partitionKey: 'p' }))).toThrow(
      refusedWith('amqp:not-allowed'),
    );
  });

  it('has a session id where sessions are required', () => {
    const scene = new ModelScene();
    scene.queue('q', { requiresSession: true });
    expect(() => scene.send('q', ...inSession('s', 'a'), 'b')).toThrow(
      refusedWith('amqp:not-allowed', 'The SessionId was not set on a message'),
    );
    expect(scene.stored('q')).toEqual([]);
  });
});

describe('the quota', () => {
  const large = (): TestContent => new TestContent({ size: 256 * KIBIBYTE });

  it('of an entity counts everything that it stores, including dead letters', () => {
    const scene = new ModelScene();
    scene.queue('q', { maxSizeInMegabytes: 1 });
    scene.send('q', large(), large(), large(), large());
    scene.settle(scene.take(scene.receiver('q'))[0]!, 'dead-letter');
    expect(() => scene.send('q', 'one more')).toThrow(refusedWith('amqp:resource-limit-exceeded', "'q'"));
    scene.settle(scene.take(scene.receiver('q/$DeadLetterQueue'))[0]!, 'complete');
    scene.send('q', 'one more');
  });

  it('of a topic counts what its subscriptions store', () => {
    const scene = new ModelScene();
    scene.namespace.createTopic(0, { name: 't', maxSizeInMegabytes: 1 });
    for (const name of ['a', 'b']) scene.namespace.createSubscription(0, { topicName: 't', name });
    scene.send('t', large());
    scene.send('t', large());
    expect(scene.namespace.topic('t').sizeBytes).toBe(1024 * KIBIBYTE);
    expect(() => scene.send('t', 'a')).toThrow(refusedWith('amqp:resource-limit-exceeded'));
    scene.namespace.deleteSubscription('t', 'b');
    expect(scene.namespace.topic('t').sizeBytes).toBe(512 * KIBIBYTE);
    scene.send('t', 'a');
  });

  it('of the namespace counts the memory of small messages, too', () => {
    const scene = new ModelScene({ maxStoredBytes: 100_000 });
    scene.queue('q');
    const send = (): unknown => scene.send('q', new TestContent({ size: 1 }));
    const fill = (): void => {
      for (let count = 0; count < 100_000; count += 1) send();
    };
    expect(fill).toThrow(refusedWith('amqp:resource-limit-exceeded'));
    expect(scene.source('q').store.size).toBeLessThan(1_000);
  });

  it('of the namespace counts the state of sessions', () => {
    const scene = new ModelScene({ maxStoredBytes: 10_000 });
    scene.queue('q', { requiresSession: true });
    scene.session('q', 's');
    const { sessions } = scene.source('q');
    sessions?.setState(0, 's', new Uint8Array(8_000));
    expect(() => sessions?.setState(0, 's', new Uint8Array(10_000))).toThrow(
      refusedWith('amqp:resource-limit-exceeded'),
    );
    expect(sessions?.held('s').state).toHaveLength(8_000);
    expect(() => scene.send('q', new TestContent({ sessionId: 's', size: 1_000 }))).toThrow();
    sessions?.setState(0, 's', undefined);
    scene.send('q', new TestContent({ sessionId: 's', size: 1_000 }));
    scene.namespace.deleteEntity(0, 'q');
    expect(scene.namespace.context.memory.bytes).toBe(0);
  });

  it('of the namespace counts all entities', () => {
    const scene = new ModelScene({ maxStoredBytes: 1_300 });
    scene.queue('q');
    scene.queue('r');
    scene.send('q', 'a');
    scene.send('r', 'b');
    expect(() => scene.send('r', 'c')).toThrow(refusedWith('amqp:resource-limit-exceeded', 'namespace'));
    scene.namespace.deleteEntity(0, 'q');
    scene.send('r', 'c');
    expect(scene.namespace.storedBytes).toBe(200);
  });
});

describe('duplicate detection', () => {
  const sceneWith = (): ModelScene => {
    const scene = new ModelScene();
    scene.queue('q', { requiresDuplicateDetection: true, duplicateDetectionHistoryTimeWindowMs: 1_000 });
    return scene;
  };

  it('accepts a duplicate, gives it a number and drops it', () => {
    const scene = sceneWith();
    expect(scene.send('q', 'a')).toEqual([1]);
    expect(scene.send('q', 'a', 'b', 'b')).toEqual([2, 3, 4]);
    expect(scene.stored('q')).toEqual(['a', 'b']);
  });

  it('continues after the message has been received, until the window ends', () => {
    const scene = sceneWith();
    scene.send('q', 'a');
    scene.settle(scene.take(scene.receiver('q'))[0]!, 'complete');
    scene.advance(999);
    scene.send('q', 'a');
    expect(scene.stored('q')).toEqual([]);
    scene.advance(1_000);
    scene.send('q', 'a');
    expect(scene.stored('q')).toEqual(['a']);
  });

  it('does not remember refused messages', () => {
    const scene = sceneWith();
    const large = new TestContent({ messageId: 'a', size: 300 * KIBIBYTE });
    expect(() => scene.send('q', large)).toThrow();
    scene.send('q', 'a');
    expect(scene.stored('q')).toEqual(['a']);
  });

  it('applies to scheduled and to forwarded messages', () => {
    const scene = sceneWith();
    scene.queue('source', { forwardTo: 'q' });
    scene.send('q', new TestContent({ messageId: 'a', scheduledEnqueueTimeMs: 10 }));
    scene.send('q', 'a');
    scene.send('source', 'a', 'b');
    scene.send('q', 'b');
    scene.advance(10);
    expect(scene.stored('q').sort()).toEqual(['a', 'b']);
  });

  it('applies to topics', () => {
    const scene = new ModelScene();
    scene.namespace.createTopic(0, { name: 't', requiresDuplicateDetection: true });
    scene.namespace.createSubscription(0, { topicName: 't', name: 's' });
    scene.send('t', 'a', 'a', 'b');
    expect(scene.stored('t/Subscriptions/s')).toEqual(['a', 'b']);
  });
});

import { describe, expect, it } from '@jest/globals';

import { TestContent } from '../../../test/support/model/test-content.js';
import { Broker, type Clock } from './broker.js';
import { Namespace } from './namespace.js';
import { Receiver, type ReceiverPort } from '../queue/receiver.js';

class TestClock implements Clock {
  nowMs = 0;
  alarmAtMs = Infinity;
  ring: () => void = () => undefined;

  now(): number {
    return this.nowMs;
  }

  setAlarm(atMs: number, ring: () => void): void {
    this.alarmAtMs = atMs;
    this.ring = ring;
  }
}

const start = (): { broker: Broker; clock: TestClock; failures: unknown[] } => {
  const clock = new TestClock();
  const failures: unknown[] = [];
  const namespace = new Namespace({ maxStoredBytes: Infinity, newId: () => 'id' });
  const broker = new Broker(namespace, clock, (error) => failures.push(error));
  namespace.createQueue(0, { name: 'q', lockDurationMs: 100 });
  return { broker, clock, failures };
};
const port = (done: string[], over: Partial<ReceiverPort> = {}): ReceiverPort => ({
  deliver: ({ content }) => done.push(`deliver ${content.messageId}`),
  drained: (unused) => done.push(`drained ${unused}`),
  sessionGranted: (session) => done.push(`granted ${session.id}`),
  detached: (error) => done.push(`detached ${error.condition}`),
  ...over,
});
const attach = (broker: Broker, credit: number, to: ReceiverPort): Receiver =>
  broker.command((nowMs) => {
    const receiver = new Receiver(broker.namespace.source('q').queue, 'peek-lock', to);
    receiver.queue.attach(receiver);
    receiver.queue.flow(nowMs, receiver, credit, false);
    return receiver;
  });
const send = (broker: Broker, ...ids: string[]): number[] =>
  broker.command((nowMs) =>
    broker.namespace.target('q').send(
      nowMs,
      ids.map((messageId) => new TestContent({ messageId })),
    ),
  );

describe('Broker', () => {
  it('carries out the effects of a command, in order, before it returns', () => {
    const { broker } = start();
    const done: string[] = [];
    const receiver = attach(broker, 2, port(done));
    expect(send(broker, 'a', 'b', 'c')).toEqual([1, 2, 3]);
    expect(done).toEqual(['deliver a', 'deliver b']);
    broker.command((nowMs) => receiver.queue.flow(nowMs, receiver, 5, true));
    expect(done.slice(2)).toEqual(['deliver c', 'drained 4']);
  });

  it('carries them out even if the command fails, and passes the error on', () => {
    const { broker } = start();
    const done: string[] = [];
    attach(broker, 1, port(done));
    const failing = (): void =>
      broker.command((nowMs) => {
        broker.namespace.target('q').send(nowMs, [new TestContent({ messageId: 'a' })]);
        throw new Error('no more');
      });
    expect(failing).toThrow('no more');
    expect(done).toEqual(['deliver a']);
    expect(send(broker, 'b')).toEqual([2]);
  });

  it('does what is due before a command', () => {
    const { broker, clock } = start();
    const receiver = attach(broker, 1, port([]));
    send(broker, 'a');
    clock.nowMs = 100;
    const [message] = broker.namespace.source('q').queue.store.from(0);
    const { lockId } = message!;
    expect(() =>
      broker.command((nowMs) => receiver.queue.settle(nowMs, lockId, { type: 'complete' })),
    ).toThrow('The lock supplied is invalid');
  });

  it('sets the alarm for the next deadline, and wakes up for it', () => {
    const { broker, clock } = start();
    const done: string[] = [];
    expect(clock.alarmAtMs).toBe(Infinity);
    attach(broker, 2, port(done));
    send(broker, 'a');
    expect(clock.alarmAtMs).toBe(100);
    clock.nowMs = 100;
    clock.ring();
    expect(done).toEqual(['deliver a', 'deliver a']);
    expect(clock.alarmAtMs).toBe(200);
    broker.close();
    expect(clock.alarmAtMs).toBe(Infinity);
  });

  it('sets the alarm again if the clock has rung too early', () => {
    const { broker, clock } = start();
    attach(broker, 1, port([]));
    send(broker, 'a');
    const { ring } = clock;
    clock.alarmAtMs = -1;
    ring();
    expect(clock.alarmAtMs).toBe(100);
  });

  it('lets a port issue a command', () => {
    const { broker } = start();
    const done: string[] = [];
    const greedy = port(done, {
      deliver: (message) => {
        done.push(`deliver ${message.content.messageId}`);
        broker.command((nowMs) => {
          receiver.queue.settle(nowMs, message.lockId, { type: 'complete' });
          receiver.queue.flow(nowMs, receiver, 1, false);
        });
      },
    });
    const receiver = attach(broker, 1, greedy);
    send(broker, 'a', 'b', 'c');
    expect(done).toEqual(['deliver a', 'deliver b', 'deliver c']);
    expect(broker.namespace.storedBytes).toBe(0);
  });

  it('does not deliver under a lock that has ended meanwhile', () => {
    const { broker } = start();
    const done: string[] = [];
    const hasty = port(done, {
      deliver: ({ content }) => {
        done.push(`deliver ${content.messageId}`);
        broker.command((nowMs) => receiver.queue.detach(nowMs, receiver, true));
      },
    });
    const receiver = attach(broker, 0, hasty);
    send(broker, 'a', 'b');
    broker.command((nowMs) => receiver.queue.flow(nowMs, receiver, 2, false));
    expect(done).toEqual(['deliver a']);
  });

  it('detaches a receiver whose port fails, and delivers its messages to others', () => {
    const { broker, failures } = start();
    const done: string[] = [];
    const problem = new Error('broken pipe');
    const failing = attach(
      broker,
      2,
      port([], {
        deliver: () => {
          throw problem;
        },
      }),
    );
    attach(broker, 5, port(done));
    expect(send(broker, 'a', 'b', 'c')).toEqual([1, 2, 3]);
    expect(done.sort()).toEqual(['deliver a', 'deliver b', 'deliver c']);
    expect(failures).toContain(problem);
    expect(failing.attached).toBe(false);
    send(broker, 'd');
    expect(done).toContain('deliver d');
  });
});

import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';

import { type LinkHandlers } from 'nestjs-service-bus';
import { type QueueReader, type QueueSettler } from './queue-client.js';
import { type ReceivedMessage } from './received-message.js';
import { Reception, type ReceptionLimits, type Room } from './reception.js';

const UNTIL_IDLE: ReceptionLimits = { idleTimeoutMs: 3_000, maxMessages: 10, minMessages: 0 };

class BrokerError extends Error {
  override readonly name = 'ServiceBusError';

  constructor(readonly code: string) {
    super(code);
  }
}

/** Plays the SDK's receiver; `deliver` is the broker's part. */
class FakeReceiver implements QueueReader, QueueSettler {
  readonly completed: ReceivedMessage[] = [];
  readonly abandoned: ReceivedMessage[] = [];
  handlers!: LinkHandlers;
  credit = 0;
  isClosed = false;
  isStopped = false;
  /** What is on its way while the credit is taken back. */
  late: ReceivedMessage[] = [];

  subscribe(handlers: LinkHandlers, options: { maxConcurrentCalls: number }): { close(): Promise<void> } {
    this.handlers = handlers;
    this.credit = options.maxConcurrentCalls;
    const close = (): Promise<void> => {
      for (const message of this.late) this.deliver(message);
      this.isStopped = true;
      return Promise.resolve();
    };
    return { close };
  }

  deliver(message: ReceivedMessage): void {
    this.credit -= 1;
    void this.handlers.processMessage(message).then(() => {
      // A receiver that has stopped asks for nothing.
      if (!this.isStopped) this.credit += 1;
    });
  }

  completeMessage(message: ReceivedMessage): Promise<void> {
    this.completed.push(message);
    return message.subject === 'lost'
      ? Promise.reject(new BrokerError('MessageLockLost'))
      : Promise.resolve();
  }

  abandonMessage(message: ReceivedMessage): Promise<void> {
    this.abandoned.push(message);
    return Promise.resolve();
  }

  renewMessageLock(message: ReceivedMessage): Promise<Date> {
    if (message.subject === 'lost') return Promise.reject(new BrokerError('MessageLockLost'));
    return Promise.resolve(new Date(Date.now() + 10_000));
  }

  close(): Promise<void> {
    this.isClosed = true;
    return Promise.resolve();
  }
}

function message(body: string, subject?: string): ReceivedMessage {
  const lockedUntilUtc = new Date(Date.now() + 10_000);
  return { body, _rawAmqpMessage: { body }, state: 'active', subject, lockedUntilUtc };
}

describe('Reception', () => {
  // An abandon goes out in a turn of its own.
  beforeEach(() => void jest.useFakeTimers({ doNotFake: ['setImmediate'] }));
  const endOfTurn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));
  afterEach(() => void jest.useRealTimers());

  const never = new AbortController().signal;
  let receiver: FakeReceiver;
  const start = (limits: Partial<ReceptionLimits> = {}, signal = never, room?: Room) => {
    receiver = new FakeReceiver();
    const reception = new Reception(receiver, receiver, { ...UNTIL_IDLE, ...limits }, room);
    const collected = reception.collect(signal);
    return { reception, collected };
  };
  const fail = (code: string): Promise<void> =>
    receiver.handlers.processError({
      error: new BrokerError(code),
      errorSource: 'receive',
      entityPath: 'queue',
      fullyQualifiedNamespace: 'localhost',
      identifier: 'receiver',
    });
  const bodies = async (collected: Promise<readonly ReceivedMessage[]>): Promise<unknown[]> =>
    (await collected).map(({ body }): unknown => body);

  it('ends when no message came for the idle timeout, counted from the last one', async () => {
    const { collected } = start();
    receiver.handlers.linkOpened?.();
    for (const body of ['a', 'b', 'c']) {
      await jest.advanceTimersByTimeAsync(2_900);
      receiver.deliver(message(body));
    }
    await jest.advanceTimersByTimeAsync(2_999);
    await expect(Promise.race([collected, Promise.resolve('waiting')])).resolves.toBe('waiting');
    await jest.advanceTimersByTimeAsync(1);
    expect(await bodies(collected)).toEqual(['a', 'b', 'c']);
  });

  it('does not count the time before the queue is open', async () => {
    const { collected } = start({ idleTimeoutMs: 0 });
    await jest.advanceTimersByTimeAsync(4_000);
    receiver.handlers.linkOpened?.();
    receiver.deliver(message('a'));
    await jest.advanceTimersByTimeAsync(250);
    expect(await bodies(collected)).toEqual(['a']);
  });

  it('ends at once with the most messages that are wanted, and asks for no more', async () => {
    const { collected } = start({ maxMessages: 2 });
    receiver.handlers.linkOpened?.();
    expect(receiver.credit).toBe(2);
    receiver.deliver(message('a'));
    receiver.deliver(message('b'));
    expect(receiver.credit).toBe(0);
    expect(await bodies(collected)).toEqual(['a', 'b']);
  });

  it('ends at once with the fewest messages that are enough, and takes those on their way along', async () => {
    const { collected } = start({ minMessages: 1 });
    receiver.handlers.linkOpened?.();
    receiver.late = [message('b'), message('c')];
    receiver.deliver(message('a'));
    expect(await bodies(collected)).toEqual(['a', 'b', 'c']);
  });

  const roomFor = (limitBytes: number): Room => {
    let freeBytes = limitBytes;
    return {
      get freeBytes() {
        return freeBytes;
      },
      admit: (bytes) => {
        if (bytes > freeBytes) return false;
        freeBytes -= bytes;
        return true;
      },
    };
  };
  /** Has the broker deliver as long as it may; resolves with how many it could deliver each time. */
  const deliverAll = async (count: number, body = 'x'): Promise<number[]> => {
    const rounds: number[] = [];
    for (let left = count; left > 0 && receiver.credit > 0;) {
      const round = Math.min(receiver.credit, left);
      rounds.push(round);
      for (let number = 0; number < round; number += 1) receiver.deliver(message(body));
      left -= round;
      await endOfTurn();
    }
    return rounds;
  };

  it('asks for so many at once, when all before have come, and never for more than are wanted', async () => {
    const { collected } = start({ maxMessages: 220 });
    receiver.handlers.linkOpened?.();
    expect(await deliverAll(1_000)).toEqual([100, 100, 20]);
    expect(await collected).toHaveLength(220);
    expect(receiver.abandoned).toEqual([]);
  });

  it('asks for as many as will fit, and gives back what does not', async () => {
    const { collected } = start({ maxMessages: 1_000 }, never, roomFor(1_070));
    receiver.handlers.linkOpened?.();
    expect(await deliverAll(1_000, 'ten bytes.')).toEqual([100, 7]);
    expect(await collected).toHaveLength(107);
    expect(receiver.abandoned).toEqual([]);
  });

  it('gives back what does not fit, and ends', async () => {
    const { collected } = start({}, never, roomFor(4));
    receiver.handlers.linkOpened?.();
    for (const body of ['abc', 'd', 'e']) receiver.deliver(message(body));
    expect(await bodies(collected)).toEqual(['abc', 'd']);
    await endOfTurn();
    expect(receiver.abandoned.map(({ body }): unknown => body)).toEqual(['e']);
  });

  it('waits for large messages that are on their way, and gives back what does not fit', async () => {
    const bytes = 1024 * 1024;
    let freeBytes = 2 * bytes + 100;
    const room = {
      get freeBytes(): number {
        return freeBytes;
      },
      admit: (size: number): boolean => size <= freeBytes && ((freeBytes -= size), true),
    };
    const { collected } = start({ maxMessages: 6 }, never, room);
    receiver.handlers.linkOpened?.();
    const large = (name: string): ReceivedMessage => message(name.padEnd(bytes, '.'));
    for (const name of ['a', 'b', 'c']) receiver.deliver(large(name));
    for (const name of ['d', 'e']) {
      await jest.advanceTimersByTimeAsync(249);
      expect(receiver.isStopped).toBe(false);
      receiver.deliver(large(name));
    }
    // The sixth does not come: it was another receiver's.
    await jest.advanceTimersByTimeAsync(249);
    expect(receiver.isStopped).toBe(false);
    await jest.advanceTimersByTimeAsync(1);
    expect(await collected).toHaveLength(2);
    expect(receiver.isStopped).toBe(true);
    expect(receiver.abandoned).toHaveLength(3);
  });

  it('waits for the next round, although nobody wants to wait', async () => {
    const { collected } = start({ maxMessages: 160, idleTimeoutMs: 0 });
    receiver.handlers.linkOpened?.();
    await deliverAll(100);
    await jest.advanceTimersByTimeAsync(200);
    receiver.deliver(message('late'));
    await jest.advanceTimersByTimeAsync(250);
    expect(await collected).toHaveLength(101);
  });

  it('fails when there is no room for any', async () => {
    const { collected } = start({}, never, roomFor(0));
    receiver.handlers.linkOpened?.();
    const failure = expect(collected).rejects.toMatchObject({ name: 'NoRoomError' });
    receiver.deliver(message('a'));
    await failure;
    await endOfTurn();
    expect(receiver.abandoned.map(({ body }): unknown => body)).toEqual(['a']);
  });

  it('gives back at once what a reopened link brings beyond the most', async () => {
    const { collected } = start({ maxMessages: 1 });
    receiver.handlers.linkOpened?.();
    receiver.deliver(message('a'));
    receiver.deliver(message('b'));
    expect(await bodies(collected)).toEqual(['a']);
    await endOfTurn();
    expect(receiver.abandoned.map(({ body }): unknown => body)).toEqual(['b']);
  });

  it('gives back at once what comes after its end', async () => {
    const { collected } = start({ maxMessages: 1 });
    receiver.handlers.linkOpened?.();
    receiver.deliver(message('a'));
    await collected;
    receiver.deliver(message('b'));
    await endOfTurn();
    expect(receiver.abandoned.map(({ body }): unknown => body)).toEqual(['b']);
  });

  it('ends when the signal fires, and gives back what nobody completes', async () => {
    const client = new AbortController();
    const { reception, collected } = start({}, client.signal);
    receiver.handlers.linkOpened?.();
    receiver.deliver(message('a'));
    receiver.late = [message('b')];
    client.abort();
    expect(await bodies(collected)).toEqual(['a', 'b']);
    await reception.close();
    expect(receiver.abandoned.map(({ body }): unknown => body)).toEqual(['a', 'b']);
    expect(receiver.completed).toEqual([]);
    expect(receiver.isClosed).toBe(true);
    expect(jest.getTimerCount()).toBe(0);
  });

  it('completes what it holds once, and then gives nothing back', async () => {
    const { reception, collected } = start({ maxMessages: 2 });
    receiver.handlers.linkOpened?.();
    receiver.deliver(message('a'));
    receiver.deliver(message('b', 'lost'));
    await collected;
    expect(await reception.complete()).toBe(1);
    await reception.close();
    expect(receiver.completed.map(({ body }): unknown => body)).toEqual(['a', 'b']);
    expect(receiver.abandoned).toEqual([]);
  });

  it('keeps locks while it waits, and leaves out a message whose lock was lost all the same', async () => {
    const { collected } = start({ idleTimeoutMs: 60_000 });
    receiver.handlers.linkOpened?.();
    receiver.deliver(message('a'));
    receiver.deliver(message('b', 'lost'));
    await jest.advanceTimersByTimeAsync(60_000);
    expect(await bodies(collected)).toEqual(['a']);
  });

  it('fails at once when the broker’s error is final', async () => {
    const { collected } = start();
    const failure = expect(collected).rejects.toMatchObject({ code: 'MessagingEntityNotFound' });
    await fail('MessagingEntityNotFound');
    await failure;
  });

  it('fails with the last error when the queue does not open within 5 s', async () => {
    const { collected } = start();
    const failure = expect(collected).rejects.toMatchObject({ code: 'ServiceCommunicationProblem' });
    await fail('ServiceCommunicationProblem');
    await jest.advanceTimersByTimeAsync(5_000);
    await failure;
  });

  it('fails when the queue does not open and nobody says why', async () => {
    const { collected } = start();
    const failure = expect(collected).rejects.toMatchObject({ name: 'BrokerTimeoutError' });
    await jest.advanceTimersByTimeAsync(5_000);
    await failure;
  });

  it('goes on when its link is lost and opened anew, as long as it holds nothing', async () => {
    const { collected } = start();
    receiver.handlers.linkOpened?.();
    void receiver.handlers.linkOpening?.();
    receiver.handlers.linkOpened?.();
    receiver.deliver(message('a'));
    await jest.advanceTimersByTimeAsync(3_000);
    expect(await bodies(collected)).toEqual(['a']);
  });

  it('ends with what it holds when its link is lost, and closes it for the messages to be settled', async () => {
    const { reception, collected } = start();
    receiver.handlers.linkOpened?.();
    receiver.deliver(message('a'));
    await fail('UnauthorizedAccess');
    void receiver.handlers.linkOpening?.();
    expect(await bodies(collected)).toEqual(['a']);
    expect(receiver.isClosed).toBe(true);
    expect(await reception.complete()).toBe(0);
  });
});

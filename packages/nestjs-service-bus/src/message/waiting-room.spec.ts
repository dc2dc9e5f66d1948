import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';

import { type Delivery } from '../delivery/delivery.js';
import { WaitingRoom } from './waiting-room.js';

const named = (name: string): Delivery => ({ name, state: 'open' }) as unknown as Delivery;

describe('WaitingRoom', () => {
  const left: unknown[] = [];
  const clock = { now: () => Date.now(), wallTime: () => Date.now(), random: () => 0.5 };
  let room: WaitingRoom;

  beforeEach(() => {
    jest.useFakeTimers();
    left.length = 0;
    room = new WaitingRoom(clock, (delivery) => {
      left.push((delivery as unknown as { name: string }).name);
      return Promise.resolve();
    });
  });

  afterEach(() => {
    jest.useRealTimers();
  });

  it('lets each go when its own wait is over', async () => {
    await room.enter(named('long'), 300);
    await room.enter(named('short'), 100);
    expect(room.size).toBe(2);
    await jest.advanceTimersByTimeAsync(101);
    expect(left).toEqual(['short']);
    await jest.advanceTimersByTimeAsync(200);
    expect(left).toEqual(['short', 'long']);
    expect(room.size).toBe(0);
  });

  it('lets go at once whoever had lost its lock before', async () => {
    await room.enter(Object.assign(named('too late'), { state: 'lost' }), 60_000);
    await jest.advanceTimersByTimeAsync(1);
    expect(left).toEqual(['too late']);
  });

  it('sends everybody away when it closes, also those who come after', async () => {
    await room.enter(named('waiting'), 60_000);
    room.close();
    await room.enter(named('late'), 60_000);
    await jest.advanceTimersByTimeAsync(1);
    expect(left).toEqual(['waiting', 'late']);
  });

  it('keeps nobody who has lost its lock, and gives its place to another one', async () => {
    const lost = named('lost');
    await room.enter(lost, 60_000);
    for (let count = 1; count < 1_000; count++) await room.enter(named(`${count}`), 60_000);
    const entering = room.enter(named('one too many'), 60_000);
    expect(room.size).toBe(1_000);
    lost.onLost?.();
    await entering;
    expect([left, room.size, room.has(lost), lost.onLost]).toEqual([['lost'], 1_000, false, undefined]);
  });

  it('makes the next one wait at the door when it is full', async () => {
    for (let count = 0; count < 1_000; count++) await room.enter(named(`${count}`), 100);
    let isInside = false;
    const entering = room.enter(named('one too many'), 100).then(() => (isInside = true));
    await jest.advanceTimersByTimeAsync(50);
    expect(isInside).toBe(false);
    await jest.advanceTimersByTimeAsync(60);
    await entering;
    expect(isInside).toBe(true);
    expect(left).toHaveLength(1_000);
  });
});

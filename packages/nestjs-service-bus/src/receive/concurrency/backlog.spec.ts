import { describe, expect, it } from '@jest/globals';

import { Backlog } from './backlog.js';

describe('Backlog', () => {
  it('lets a binding have any number while there are few of all', () => {
    const part = new Backlog(100).join();
    expect(part.roomBeside(99)).toBe(Infinity);
  });

  it('leaves each binding its share when there are too many of all', () => {
    const backlog = new Backlog(100);
    const [greedy, modest] = [backlog.join(), backlog.join(), backlog.join(), backlog.join()];
    greedy.roomBeside(99);
    expect(modest.roomBeside(1)).toBe(24);
    expect(greedy.roomBeside(99)).toBe(0);
    expect(greedy.roomBeside(20)).toBe(Infinity);
  });

  it('never leaves a binding without any, however many there are', () => {
    const backlog = new Backlog(10);
    const parts = Array.from({ length: 50 }, () => backlog.join());
    parts[0]!.roomBeside(10);
    expect(parts[1]!.roomBeside(0)).toBe(1);
    expect(parts[1]!.roomBeside(1)).toBe(0);
  });

  it('forgets a binding that has left', () => {
    const backlog = new Backlog(100);
    const [one, other] = [backlog.join(), backlog.join()];
    one.roomBeside(100);
    one.leave();
    one.leave();
    expect(one.roomBeside(100)).toBe(0);
    expect(other.roomBeside(99)).toBe(Infinity);
    expect(other.roomBeside(100)).toBe(0);
  });

  it('is one for all who share a connection', () => {
    const owner = {};
    expect(Backlog.of(owner)).toBe(Backlog.of(owner));
    expect(Backlog.of({})).not.toBe(Backlog.of(owner));
  });
});

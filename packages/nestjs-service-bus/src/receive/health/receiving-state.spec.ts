import { type Logger } from '@nestjs/common';
import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';

import { ReceivingState } from './receiving-state.js';

describe('ReceivingState', () => {
  beforeEach(() => {
    jest.useFakeTimers();
  });
  afterEach(() => {
    jest.useRealTimers();
  });

  it('says that a binding receives when its link has stayed open, and not if a pause has taken it back', () => {
    const lines: unknown[] = [];
    const logger = { log: (line: unknown) => lines.push(line) } as unknown as Logger;
    const clock = { now: () => Date.now(), wallTime: () => Date.now(), random: () => 0 };
    const observer = { receiving: () => undefined, failing: () => undefined };
    const state = new ReceivingState('work (work)', logger, observer, clock);
    const paused = { isOpen: true, isRetired: false };
    state.opened(paused);
    jest.advanceTimersByTime(100);
    paused.isRetired = true;
    state.paused();
    state.resumed();
    jest.advanceTimersByTime(200);
    expect(lines).toEqual([]);
    state.opened({ isOpen: true, isRetired: false });
    jest.advanceTimersByTime(200);
    expect(lines).toEqual(['work (work): receiving, after 200 ms']);
  });
});

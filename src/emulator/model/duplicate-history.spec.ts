import { describe, expect, it } from '@jest/globals';

import { DuplicateHistory } from './duplicate-history.js';

const historyOf = (windowMs: number): { history: DuplicateHistory; told: string[] } => {
  const told: string[] = [];
  const history = new DuplicateHistory(windowMs, {
    remembered: (messageId, forgetAtMs) => told.push(`+${messageId} ${forgetAtMs}`),
    forgotten: (messageId) => told.push(`-${messageId}`),
  });
  return { history, told };
};

describe('DuplicateHistory', () => {
  it('knows an id for as long as the window', () => {
    const { history } = historyOf(100);
    history.add(0, 'a');
    expect(history.has(99, 'a')).toBe(true);
    expect(history.has(100, 'a')).toBe(false);
    expect(history.has(0, 'b')).toBe(false);
  });

  it('tells what is to be kept, and what no longer', () => {
    const { history, told } = historyOf(100);
    history.add(0, 'a');
    history.add(50, 'b');
    history.has(120, 'c');
    expect(told).toEqual(['+a 100', '+b 150', '-a']);
    expect(history.size).toBe(1);
  });

  it('forgets by the time that was told, also when the window has become shorter', () => {
    const { history, told } = historyOf(1_000);
    history.add(0, 'long');
    history.windowMs = 10;
    history.add(1, 'short');
    expect(history.has(10, 'short')).toBe(true);
    expect(history.has(11, 'short')).toBe(false);
    expect(history.has(20, 'long')).toBe(true);
    history.add(20, 'short');
    expect(history.has(25, 'short')).toBe(true);
    expect(history.has(1_000, 'long')).toBe(false);
    expect(told.filter((line) => line.startsWith('-'))).toEqual(['-long', '-short']);
    expect(history.size).toBe(0);
  });

  it('takes ids back without telling of them again', () => {
    const { history, told } = historyOf(100);
    history.restore('a', 70);
    expect(history.has(69, 'a')).toBe(true);
    expect(told).toEqual([]);
    expect(history.has(70, 'a')).toBe(false);
  });

  it('takes any text for an id', () => {
    const { history } = historyOf(100);
    for (const messageId of ['', '__proto__', 'constructor']) {
      expect(history.has(0, messageId)).toBe(false);
      history.add(0, messageId);
      expect(history.has(1, messageId)).toBe(true);
    }
  });
});

import { describe, expect, it } from '@jest/globals';

import { ModelScene } from '../../../test/support/model/model-scene.js';
import { DuplicateHistory } from './duplicate-history.js';
import { noJournal } from './journal.js';
import { type Namespace } from '../namespace/namespace.js';

const historyOf = (windowMs: number): { history: DuplicateHistory; told: string[]; namespace: Namespace } => {
  const told: string[] = [];
  const { namespace } = new ModelScene({
    journal: {
      ...noJournal,
      messageIdRemembered: (address, messageId, forgetAtMs) =>
        told.push(`${address} +${messageId} ${forgetAtMs}`),
      messageIdForgotten: (address, messageId) => told.push(`${address} -${messageId}`),
    },
  });
  return { history: new DuplicateHistory('q', windowMs, namespace.context), told, namespace };
};

describe('DuplicateHistory', () => {
  it('remembers an id for the length of the window', () => {
    const { history } = historyOf(100);
    history.add(0, 'a');
    expect(history.has(99, 'a')).toBe(true);
    expect(history.has(100, 'a')).toBe(false);
    expect(history.has(0, 'b')).toBe(false);
  });

  it('tells the journal what it remembers and forgets', () => {
    const { history, told } = historyOf(100);
    history.add(0, 'a');
    history.add(50, 'b');
    history.has(120, 'c');
    expect(told).toEqual(['q +a 100', 'q +b 150', 'q -a']);
    expect(history.size).toBe(1);
  });

  it('forgets at the time that it told, even if the window has become shorter', () => {
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
    expect(told.filter((line) => line.includes('-'))).toEqual(['q -long', 'q -short']);
    expect(history.size).toBe(0);
  });

  it('restores ids without telling the journal again', () => {
    const { history, told } = historyOf(100);
    history.restore('a', 70);
    expect(history.has(69, 'a')).toBe(true);
    expect(told).toEqual([]);
    expect(history.has(70, 'a')).toBe(false);
  });

  it('forgets ids and frees their memory even if no more messages arrive', () => {
    const { history, told, namespace } = historyOf(100);
    history.add(0, 'a');
    history.add(60, 'b');
    const { memory } = namespace.context;
    expect(memory.bytes).toBeGreaterThan(0);
    namespace.advance(100);
    expect(history.size).toBe(1);
    namespace.advance(160);
    expect([history.size, memory.bytes, namespace.nextDeadlineMs]).toEqual([0, 0, Infinity]);
    expect(told.slice(2)).toEqual(['q -a', 'q -b']);
  });

  it('leaves nothing behind when it is closed', () => {
    const { history, told, namespace } = historyOf(100);
    history.add(0, 'a');
    history.close();
    expect([namespace.context.memory.bytes, namespace.nextDeadlineMs]).toEqual([0, Infinity]);
    expect(told).toHaveLength(1);
  });

  it('accepts any string as an id', () => {
    const { history } = historyOf(100);
    for (const messageId of ['', '__proto__', 'constructor']) {
      expect(history.has(0, messageId)).toBe(false);
      history.add(0, messageId);
      expect(history.has(1, messageId)).toBe(true);
    }
  });
});

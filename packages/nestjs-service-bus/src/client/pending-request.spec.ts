import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { type WritePacket } from '@nestjs/microservices';

import { PendingRequest } from './pending-request.js';
import { type Reply } from './read-reply.js';

const TIMEOUT_MS = 1_000;

const value = (index: number, count: number): Reply => ({
  kind: 'value',
  index,
  count,
  value: `value ${index}`,
});

describe('a pending request', () => {
  let answers: WritePacket[];
  let ends: number;
  let request: PendingRequest;

  beforeEach(() => {
    jest.useFakeTimers();
    answers = [];
    ends = 0;
    request = new PendingRequest(
      (packet) => answers.push(packet),
      TIMEOUT_MS,
      () => request.fail(new Error('late')),
      () => ends++,
    );
  });

  afterEach(() => {
    jest.useRealTimers();
  });

  it('hands replies on in order, each once, and then completes', () => {
    for (const index of [1, 1, 0, 0, 2, 2]) request.receive(value(index, 3));
    const responses = [0, 1, 2].map((index) => ({ response: `value ${index}` }));
    expect(answers).toEqual([...responses, { isDisposed: true }]);
    expect(ends).toBe(1);
  });

  it('completes at once when no reply is to come', () => {
    request.receive(value(0, 0));
    expect(answers).toEqual([{ isDisposed: true }]);
  });

  it('ends with an error, and ignores what follows', () => {
    const err = new Error('no');
    request.receive(value(0, 2));
    request.receive({ kind: 'error', error: err });
    request.receive(value(1, 2));
    request.fail(new Error('again'));
    expect(answers).toEqual([{ response: 'value 0' }, { err }]);
    expect(ends).toBe(1);
  });

  it('keeps no more than 10,000 replies for one that does not come', () => {
    for (let index = 1; index <= 10_001; index += 1) request.receive(value(index, 1e9));
    expect(answers).toMatchObject([{ err: { name: 'MissingReplyError', index: 0, received: 10_001 } }]);
    expect(ends).toBe(1);
  });

  it('restarts its timeout with each reply', () => {
    jest.advanceTimersByTime(TIMEOUT_MS - 1);
    request.receive(value(0, 2));
    jest.advanceTimersByTime(TIMEOUT_MS - 1);
    expect(ends).toBe(0);
    jest.advanceTimersByTime(1);
    expect(answers.at(-1)).toEqual({ err: new Error('late') });
    expect(ends).toBe(1);
  });

  it('stops in the middle when it is ended', () => {
    request = new PendingRequest(
      (packet) => {
        answers.push(packet);
        request.end();
      },
      TIMEOUT_MS,
      () => undefined,
      () => ends++,
    );
    request.receive(value(1, 3));
    request.receive(value(0, 3));
    expect(answers).toEqual([{ response: 'value 0' }]);
    expect(ends).toBe(1);
    expect(jest.getTimerCount()).toBe(1);
  });
});

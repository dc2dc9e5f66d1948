import { type ServiceBusReceivedMessage } from '@azure/service-bus';
import { beforeEach, describe, expect, it } from '@jest/globals';
import Long from 'long';

import { SessionLine } from './session-line.js';

const messageOf = (number: number): ServiceBusReceivedMessage =>
  ({ sequenceNumber: Long.fromNumber(number) }) as ServiceBusReceivedMessage;

describe('SessionLine', () => {
  let line: SessionLine;
  beforeEach(() => {
    line = new SessionLine();
  });

  const add = (...numbers: number[]): void => {
    for (const number of numbers) line.add({ message: messageOf(number), place: number });
  };
  const next = (): number | undefined => line.take()?.place;

  it('gives messages in the order in which they came', () => {
    add(1, 2);
    expect([next(), next(), next()]).toEqual([1, 2, undefined]);
  });

  it('has later ones wait for a message that has gone back', () => {
    add(2);
    line.expect(messageOf(1));
    add(3);
    expect([line.isHeldUp, next()]).toEqual([true, undefined]);
    add(1);
    expect([line.isHeldUp, next(), next(), next()]).toEqual([false, 1, 2, 3]);
  });

  it('forgets all with its session', () => {
    add(2);
    line.expect(messageOf(1));
    line.clear();
    expect([line.size, line.isHeldUp, next()]).toEqual([0, false, undefined]);
  });

  it('gives nothing more, also of what still comes, once it is broken off', () => {
    add(2);
    line.breakOff();
    add(3);
    expect([line.size, line.isHeldUp, next()]).toEqual([0, false, undefined]);
  });
});

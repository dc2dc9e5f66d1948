import { describe, expect, it } from '@jest/globals';

import { ModelScene } from '../../../test/support/model/model-scene.js';
import { type Receiver } from './receiver.js';
import { ReceiverLine } from './receiver-line.js';

const lineOf = (...credits: number[]): { line: ReceiverLine; receivers: Receiver[] } => {
  const scene = new ModelScene();
  scene.queue('q');
  const line = new ReceiverLine();
  const receivers = credits.map((credit) => {
    const receiver = scene.receiver('q');
    receiver.credit = credit;
    line.update(receiver);
    return receiver;
  });
  return { line, receivers };
};

/** Serves until nobody has credit left, and tells whose turn it was. */
const serve = (line: ReceiverLine, receivers: Receiver[]): number[] => {
  const turns: number[] = [];
  for (let { first } = line; first; first = line.first) {
    first.credit -= 1;
    turns.push(receivers.indexOf(first));
    line.next();
  }
  return turns;
};

describe('ReceiverLine', () => {
  it('serves receivers in turn', () => {
    const { line, receivers } = lineOf(2, 3, 1);
    expect(serve(line, receivers)).toEqual([0, 1, 2, 0, 1, 1]);
    expect(line.size).toBe(0);
  });

  it('contains only receivers with credit, each once', () => {
    const { line, receivers } = lineOf(0, 2);
    line.update(receivers[1]!);
    expect(line.size).toBe(1);
    receivers[1]!.credit = 0;
    line.update(receivers[1]!);
    expect(line.first).toBeUndefined();
  });

  it('drops receivers that leave at once, and readmits them at the end', () => {
    const { line, receivers } = lineOf(1, 1, 1);
    line.leave(receivers[0]!);
    line.leave(receivers[0]!);
    expect(line.size).toBe(2);
    line.update(receivers[0]!);
    expect(serve(line, receivers)).toEqual([1, 2, 0]);
  });
});

import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';

import { TestContent } from '../../../test/support/model/test-content.js';
import { Message } from './message.js';
import { ReadyMessages } from './ready-messages.js';

const message = (sequenceNumber: number): Message =>
  new Message(sequenceNumber, 0, Infinity, { content: new TestContent() });

describe('ReadyMessages', () => {
  it('are taken by sequence number, even if they were returned or added late', () => {
    const step = fc.oneof(
      fc.constant('arrive' as const),
      fc.constant('take' as const),
      fc.nat().map((index) => ({ return: index })),
      fc.nat().map((index) => ({ drop: index })),
    );
    fc.assert(
      fc.property(fc.array(step, { maxLength: 300 }), (steps) => {
        const ready = new ReadyMessages<Message>();
        const waiting: Message[] = [];
        const taken: Message[] = [];
        let next = 1;
        const wait = (one: Message): void => {
          ready.add(one);
          waiting.push(one);
          waiting.sort((a, b) => a.sequenceNumber - b.sequenceNumber);
        };
        for (const one of steps) {
          if (one === 'arrive') {
            wait(message(next++));
          } else if (one === 'take') {
            const expected = waiting.shift();
            const got = ready.take();
            expect(got).toBe(expected);
            if (got) taken.push(got);
          } else if ('return' in one) {
            const [back] = taken.splice(one.return % Math.max(1, taken.length), 1);
            if (back) wait(back);
          } else {
            const [gone] = waiting.splice(one.drop % Math.max(1, waiting.length), 1);
            if (gone) ready.drop(gone);
          }
          expect(ready.size).toBe(waiting.length);
          expect(ready.peek()).toBe(waiting[0]);
        }
      }),
    );
  });

  it('free the memory of dropped messages even if none is taken', () => {
    const ready = new ReadyMessages<Message>();
    ready.add(message(1));
    for (let sequenceNumber = 2; sequenceNumber < 10_002; sequenceNumber += 1) {
      const one = message(sequenceNumber);
      ready.add(one);
      ready.drop(one);
    }
    expect(ready.size).toBe(1);
    expect(ready.heldCount).toBeLessThan(100);
  });
});

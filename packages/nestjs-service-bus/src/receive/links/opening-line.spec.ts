import { describe, expect, it } from '@jest/globals';

import { OpeningLine } from './opening-line.js';

describe('OpeningLine', () => {
  it('takes none of two hundred links for silent while they open one after the other', () => {
    const line = new OpeningLine();
    const openings = Array.from({ length: 200 }, () => line.begin(0));
    let nowMs = 0;
    for (const opening of openings) {
      nowMs += 100;
      expect(nowMs - opening.sinceMs).toBe(100);
      line.opened(opening, nowMs);
    }
  });

  it('tells since when nothing has moved', () => {
    const line = new OpeningLine();
    const [first, second] = [line.begin(0), line.begin(0)];
    line.opened(second, 300);
    expect(first.sinceMs).toBe(300);
  });

  it('does not let links hide a silent one by coming and going', () => {
    const line = new OpeningLine();
    const silent = line.begin(0);
    for (let nowMs = 1_000; nowMs < 60_000; nowMs += 1_000) line.opened(line.begin(nowMs), nowMs + 100);
    expect(silent.sinceMs).toBeLessThan(5_200);
  });

  it('forgets a link that is given up', () => {
    const line = new OpeningLine();
    const [first, second] = [line.begin(0), line.begin(0)];
    line.left(second);
    line.opened(first, 300);
    expect(second.sinceMs).toBe(0);
  });

  it('is one for all who share a connection', () => {
    const [one, other] = [{}, {}];
    expect(OpeningLine.of(one)).toBe(OpeningLine.of(one));
    expect(OpeningLine.of(one)).not.toBe(OpeningLine.of(other));
  });
});

import { describe, expect, it } from '@jest/globals';

import { Deadlines, type Timed } from './deadlines.js';

class Alarm implements Timed {
  duePosition = -1;
  constructor(
    readonly name: string,
    readonly dueRank = 0,
  ) {}
}

const due = (deadlines: Deadlines<Alarm>, nowMs: number): string[] => {
  const names: string[] = [];
  for (let next = deadlines.takeDue(nowMs); next; next = deadlines.takeDue(nowMs)) names.push(next.name);
  return names;
};

describe('Deadlines', () => {
  it('return what is due, the earliest first, and nothing before its time', () => {
    const deadlines = new Deadlines<Alarm>();
    deadlines.set(new Alarm('b'), 20);
    deadlines.set(new Alarm('a'), 10);
    deadlines.set(new Alarm('c'), 30);
    expect(deadlines.nextMs).toBe(10);
    expect(due(deadlines, 9)).toEqual([]);
    expect(due(deadlines, 20)).toEqual(['a', 'b']);
    expect(deadlines.nextMs).toBe(30);
  });

  it('order items that are due at the same time by rank', () => {
    const deadlines = new Deadlines<Alarm>();
    for (const rank of [5, 1, 4, 2, 6, 3]) deadlines.set(new Alarm(`${rank}`, rank), 10);
    expect(due(deadlines, 10)).toEqual(['1', '2', '3', '4', '5', '6']);
  });

  it('can be moved both ways and removed', () => {
    const deadlines = new Deadlines<Alarm>();
    const [later, sooner, never] = [new Alarm('later'), new Alarm('sooner'), new Alarm('never')];
    for (const alarm of [later, sooner, never]) deadlines.set(alarm, 10);
    deadlines.set(later, 30);
    deadlines.set(sooner, 5);
    deadlines.delete(never);
    deadlines.delete(never);
    expect(due(deadlines, 29)).toEqual(['sooner']);
    expect(due(deadlines, 30)).toEqual(['later']);
    expect(deadlines.nextMs).toBe(Infinity);
  });

  it.each([Infinity, NaN])('are not set to %s', (time) => {
    const deadlines = new Deadlines<Alarm>();
    const alarm = new Alarm('a');
    deadlines.set(alarm, 10);
    deadlines.set(alarm, time);
    expect(deadlines.size).toBe(0);
    expect([alarm.duePosition, deadlines.dueAtMs(alarm)]).toEqual([-1, Infinity]);
  });

  it('leave a taken item as it was before', () => {
    const deadlines = new Deadlines<Alarm>();
    const alarm = new Alarm('a');
    deadlines.set(alarm, 10);
    expect(deadlines.takeDue(10)).toBe(alarm);
    expect([alarm.duePosition, deadlines.dueAtMs(alarm)]).toEqual([-1, Infinity]);
    deadlines.set(alarm, 20);
    expect(deadlines.dueAtMs(alarm)).toBe(20);
    deadlines.clear();
    expect([alarm.duePosition, deadlines.dueAtMs(alarm)]).toEqual([-1, Infinity]);
  });
});

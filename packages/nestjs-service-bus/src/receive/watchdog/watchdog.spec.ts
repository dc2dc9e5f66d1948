import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';

import { Watchdog, type Watched } from './watchdog.js';

const SILENCE_MS = 60_000;

describe('Watchdog', () => {
  let now: number;
  let acts: string[];
  let causes: (string | undefined)[];
  let waiting: () => Promise<ReadonlySet<string>>;
  let peeks: number;
  let receiver: { arrivals: number; isOccupied: boolean; openingSinceMs: number | undefined };
  let watchdog: Watchdog;

  beforeEach(() => {
    jest.useFakeTimers();
    now = 1_000;
    acts = [];
    causes = [];
    peeks = 0;
    waiting = () => Promise.resolve(new Set<string>());
    receiver = { arrivals: 0, isOccupied: false, openingSinceMs: undefined };
    const watched: Watched = Object.assign(receiver, {
      peek: () => {
        peeks++;
        return waiting();
      },
      recycle: () => void acts.push('recycle'),
      replaceClient: () => void acts.push('replace'),
      changed: (cause: string | undefined) => void causes.push(cause),
    });
    const clock = { now: () => now, wallTime: () => now, random: () => 0 };
    watchdog = new Watchdog({ silenceMs: SILENCE_MS }, watched, clock);
  });

  afterEach(() => {
    watchdog.close();
    jest.useRealTimers();
  });

  async function pass(ms: number): Promise<void> {
    for (const endMs = now + ms; now < endMs;) {
      now += 1_000;
      await jest.advanceTimersByTimeAsync(1_000);
    }
  }

  const messages = (...names: string[]): void => {
    waiting = () => Promise.resolve(new Set(names));
  };

  it('lets a receiver be that has nothing to receive, and looks twice in the time of a silence', async () => {
    await pass(10 * SILENCE_MS);
    expect(acts).toEqual([]);
    expect(watchdog.state).toBe('well');
    expect(peeks).toBe(20);
  });

  it('takes two looks to recycle the link, and replaces the client when the same messages go on waiting', async () => {
    messages('1', '2');
    await pass(SILENCE_MS - 1_000);
    expect(acts).toEqual([]);
    await pass(1_000);
    expect(acts).toEqual(['recycle']);
    expect(watchdog.state).toBe('degraded');
    await pass(SILENCE_MS / 2);
    expect(acts).toEqual(['recycle', 'replace']);
    expect(watchdog.state).toBe('degraded');
    await pass(SILENCE_MS / 2);
    expect(acts).toEqual(['recycle', 'replace', 'replace']);
    expect(watchdog.state).toBe('down');
    expect(causes.at(-1)).toMatch(/messages wait \(2 or more\), and none has come for \d+ ms/);
  });

  it('goes on when nothing helps, less and less often', async () => {
    messages('1');
    await pass(20 * SILENCE_MS);
    expect(acts.length).toBeGreaterThan(4);
    expect(acts.length).toBeLessThan(12);
    expect(watchdog.state).toBe('down');
  });

  it('goes no further than a fresh link while others take the messages that wait', async () => {
    for (let look = 1; look <= 6; look++) {
      messages(String(look));
      await pass(SILENCE_MS / 2);
    }
    expect(acts).toEqual(['recycle']);
    expect(watchdog.state).toBe('degraded');
  });

  it('is content again as soon as a message comes', async () => {
    messages('1');
    await pass(2 * SILENCE_MS);
    expect(watchdog.state).toBe('down');
    receiver.arrivals++;
    await pass(1_000);
    expect(watchdog.state).toBe('well');
    expect(causes.at(-1)).toBeUndefined();
  });

  it('is content again when nothing waits any more', async () => {
    messages('1');
    await pass(SILENCE_MS);
    messages();
    await pass(SILENCE_MS / 2);
    expect(watchdog.state).toBe('well');
  });

  it('begins anew with each message, and looks at nothing meanwhile', async () => {
    messages('1');
    for (let time = 0; time < 20; time++) {
      await pass(SILENCE_MS / 4);
      receiver.arrivals++;
    }
    expect(peeks).toBe(0);
    expect(acts).toEqual([]);
  });

  it('does not count the time in which nothing is to be expected', async () => {
    messages('1');
    receiver.isOccupied = true;
    await pass(5 * SILENCE_MS);
    expect(peeks).toBe(0);
    receiver.isOccupied = false;
    await pass(SILENCE_MS - 1_000);
    expect(acts).toEqual([]);
    await pass(2_000);
    expect(acts).toEqual(['recycle']);
  });

  it('replaces the client at once when the broker does not answer', async () => {
    waiting = () => Promise.reject(new Error('no answer'));
    await pass(SILENCE_MS / 2);
    expect(acts).toEqual(['replace']);
    expect(watchdog.state).toBe('degraded');
  });

  it('gives up a link that neither opens nor fails: first the link, then the client', async () => {
    receiver.openingSinceMs = now;
    await pass(10_000);
    expect(acts).toEqual(['recycle']);
    receiver.openingSinceMs = now;
    await pass(10_000);
    expect(acts).toEqual(['recycle', 'replace']);
    receiver.openingSinceMs = undefined;
    await pass(1_000);
    expect(watchdog.state).toBe('well');
  });

  it('leaves a link alone that fails again and again: the error is known, and tries go on', async () => {
    for (let time = 0; time < 10; time++) {
      receiver.openingSinceMs = now;
      await pass(5_000);
    }
    expect(acts).toEqual([]);
  });

  it('asks nothing while an answer is to come, and does nothing once it is closed', async () => {
    let answer: (found: ReadonlySet<string>) => void = () => undefined;
    waiting = () => new Promise((resolve) => (answer = resolve));
    await pass(2 * SILENCE_MS);
    expect(peeks).toBe(1);
    watchdog.close();
    answer(new Set(['1']));
    await pass(2 * SILENCE_MS);
    expect(peeks).toBe(1);
    expect(acts).toEqual([]);
  });
});

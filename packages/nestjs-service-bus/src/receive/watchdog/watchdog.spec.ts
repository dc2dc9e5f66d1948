import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';

import { Watchdog, type WatchedReceiver } from './watchdog.js';

const SILENCE_MS = 60_000;

describe('Watchdog', () => {
  let now: number;
  let acts: string[];
  let causes: (string | undefined)[];
  let waiting: () => Promise<ReadonlySet<string>>;
  let peeks: number;
  let questions: number;
  let isServed: boolean | undefined;
  let receiver: { arrivals: number; expectsNoMessages: boolean; openingSinceMs: number | undefined };
  let watchdog: Watchdog;

  beforeEach(() => {
    jest.useFakeTimers();
    now = 1_000;
    acts = [];
    causes = [];
    peeks = 0;
    questions = 0;
    isServed = false;
    waiting = () => Promise.resolve(new Set<string>());
    receiver = { arrivals: 0, expectsNoMessages: false, openingSinceMs: undefined };
    const watched: WatchedReceiver = Object.assign(receiver, {
      peek: () => {
        peeks++;
        return waiting();
      },
      isServed: () => {
        questions++;
        return Promise.resolve(isServed);
      },
      isBrokerKnownToAnswer: false,
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

  it('leaves a receiver alone when no messages wait, and peeks twice per silence', async () => {
    await pass(10 * SILENCE_MS);
    expect(acts).toEqual([]);
    expect(watchdog.state).toBe('healthy');
    expect(peeks).toBe(20);
  });

  it('asks the broker once while nothing waits, and draws no conclusion from its silence', async () => {
    await pass(10 * SILENCE_MS);
    expect(questions).toBe(1);
    expect(acts).toEqual([]);
  });

  it('recycles the link after two peeks, and replaces the client when the same messages still wait', async () => {
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

  it('keeps trying when nothing helps, less and less often', async () => {
    messages('1');
    await pass(20 * SILENCE_MS);
    expect(acts.length).toBeGreaterThan(4);
    expect(acts.length).toBeLessThan(12);
    expect(watchdog.state).toBe('down');
  });

  it('does nothing when the broker answers on the link, whatever peeks find', async () => {
    messages('1', '2');
    isServed = true;
    await pass(20 * SILENCE_MS);
    expect(acts).toEqual([]);
    expect(causes).toEqual([]);
    expect(watchdog.state).toBe('healthy');
  });

  it('goes no further than a new client, and is never down, where the broker cannot be asked', async () => {
    messages('1', '2');
    isServed = undefined;
    await pass(10 * SILENCE_MS);
    expect(acts).toEqual(['recycle', 'replace']);
    expect(watchdog.state).toBe('degraded');
  });

  it('takes a new link now and then where the broker cannot be asked: it may fall silent later', async () => {
    messages('1', '2');
    isServed = undefined;
    await pass(32 * SILENCE_MS);
    expect(acts).toEqual(['recycle', 'replace', 'recycle', 'recycle', 'recycle']);
    expect(watchdog.state).toBe('degraded');
  });

  it('goes no further than a new link while other receivers take the waiting messages', async () => {
    for (let look = 1; look <= 6; look++) {
      messages(String(look));
      await pass(SILENCE_MS / 2);
    }
    expect(acts).toEqual(['recycle']);
    expect(watchdog.state).toBe('degraded');
  });

  it('recovers as soon as a message arrives', async () => {
    messages('1');
    await pass(2 * SILENCE_MS);
    expect(watchdog.state).toBe('down');
    receiver.arrivals++;
    await pass(1_000);
    expect(watchdog.state).toBe('healthy');
    expect(causes.at(-1)).toBeUndefined();
  });

  it('recovers when no message waits any more', async () => {
    messages('1');
    await pass(SILENCE_MS);
    messages();
    await pass(SILENCE_MS / 2);
    expect(watchdog.state).toBe('healthy');
  });

  it('starts over with each message, and does not peek meanwhile', async () => {
    messages('1');
    for (let time = 0; time < 20; time++) {
      await pass(SILENCE_MS / 4);
      receiver.arrivals++;
    }
    expect(peeks).toBe(0);
    expect(acts).toEqual([]);
  });

  it('does not count time in which no message can be expected', async () => {
    messages('1');
    receiver.expectsNoMessages = true;
    await pass(5 * SILENCE_MS);
    expect(peeks).toBe(0);
    receiver.expectsNoMessages = false;
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

  it('replaces first the link, then the client, when a link neither opens nor fails', async () => {
    receiver.openingSinceMs = now;
    await pass(10_000);
    expect(acts).toEqual(['recycle']);
    receiver.openingSinceMs = now;
    await pass(10_000);
    expect(acts).toEqual(['recycle', 'replace']);
    receiver.openingSinceMs = undefined;
    await pass(1_000);
    expect(watchdog.state).toBe('healthy');
  });

  it('leaves a link alone that keeps failing: the error is known, and retries go on', async () => {
    for (let time = 0; time < 10; time++) {
      receiver.openingSinceMs = now;
      await pass(5_000);
    }
    expect(acts).toEqual([]);
  });

  it('does not peek while an answer is pending, and does nothing once closed', async () => {
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

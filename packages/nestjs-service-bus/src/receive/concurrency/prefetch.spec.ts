import { describe, expect, it } from '@jest/globals';

import { type Flow, Prefetch, prefetchFor } from './prefetch.js';

const FLOW: Flow = {
  limit: 16,
  handlerMs: 20,
  handledPerMs: 0.8,
  roundTripMs: 10,
  messageBytes: 100,
  lockMs: 30_000,
};

describe('prefetchFor', () => {
  it('is what the handlers do in three round trips', () => {
    expect(prefetchFor(FLOW)).toBe(24);
    expect(prefetchFor({ ...FLOW, roundTripMs: 100 })).toBe(240);
  });

  it('is nothing for handlers that take far longer than the way', () => {
    expect(prefetchFor({ ...FLOW, handlerMs: 10_000 })).toBe(0);
    expect(prefetchFor({ ...FLOW, roundTripMs: 0.1 })).toBe(0);
  });

  it('follows what the process has done where handlers could do more', () => {
    expect(prefetchFor({ ...FLOW, handlerMs: 0.01, handledPerMs: 4 })).toBe(150);
  });

  it('lets no message wait for longer than a share of its lock', () => {
    expect(prefetchFor({ ...FLOW, roundTripMs: 5_000, lockMs: 4_000, limit: 2, handlerMs: 10 })).toBe(200);
  });

  it('is bounded by bytes, and by the places of a link', () => {
    const fast = { ...FLOW, handlerMs: 0.01, handledPerMs: 20, roundTripMs: 100 };
    expect(prefetchFor(fast)).toBe(500);
    expect(prefetchFor({ ...fast, messageBytes: 256 * 1_024 })).toBe(112);
    expect(prefetchFor({ ...fast, messageBytes: 100 * 1_024 ** 2 })).toBe(0);
  });
});

/** A binding on virtual time, whose messages always wait at the broker: credit is what holds it back, or its handlers. */
function play(prefetch: Prefetch, limit: number, handlerMs: number, roundTripMs: number, ms: number): number {
  let nowMs = 0;
  let handled = 0;
  // Each place takes a message to come, to wait and to be handled in turn.
  for (let ended = 0; nowMs < ms; ended++) {
    const places = limit + prefetch.size;
    const perMs = Math.min(places / (roundTripMs + handlerMs), limit / handlerMs);
    nowMs += 1 / perMs;
    handled = ended;
    prefetch.answered(roundTripMs + (ended % 7), nowMs);
    prefetch.ended(handlerMs * (0.5 + (ended % 11) / 10), nowMs);
  }
  return handled / ms;
}

describe('Prefetch', () => {
  it.each([
    [16, 20, 10],
    [16, 20, 100],
    [100, 5, 50],
    [1, 1, 100],
    [16, 0.5, 2],
  ])('keeps %d handlers of %d ms busy at a distance of %d ms', (limit, handlerMs, roundTripMs) => {
    const prefetch = new Prefetch(() => limit, 0);
    play(prefetch, limit, handlerMs, roundTripMs, 2_000);
    const perMs = play(prefetch, limit, handlerMs, roundTripMs, 5_000);
    const possible = Math.min(limit / handlerMs, (limit + 500) / (roundTripMs + handlerMs));
    expect(perMs / possible).toBeGreaterThan(0.9);
  });

  it('begins with none, and has none before it knows the distance', () => {
    const prefetch = new Prefetch(() => 16, 0);
    for (let nowMs = 0; nowMs < 1_000; nowMs++) prefetch.ended(1, nowMs);
    expect(prefetch.size).toBe(0);
  });

  it('shrinks with the first handlers that take long', () => {
    const prefetch = new Prefetch(() => 16, 0);
    play(prefetch, 16, 1, 20, 1_000);
    expect(prefetch.size).toBeGreaterThan(200);
    for (let nowMs = 11_000; nowMs < 14_000; nowMs += 500) prefetch.ended(10_000, nowMs);
    expect(prefetch.size).toBe(0);
  });

  it('lets none wait after one has waited in vain, until handlers end again', () => {
    const prefetch = new Prefetch(() => 16, 0);
    play(prefetch, 16, 1, 20, 1_000);
    prefetch.late();
    expect(prefetch.size).toBe(0);
  });

  it('is what the binding says, where it says it', () => {
    for (const fixed of [0, 40]) {
      const prefetch = new Prefetch(() => 16, 0, fixed);
      play(prefetch, 16, 1, 20, 1_000);
      expect(prefetch.size).toBe(fixed);
      prefetch.late();
      expect(prefetch.size).toBe(fixed);
    }
  });
});

import { describe, expect, it } from '@jest/globals';

import { inputsAt, MINIMAL_PLAN } from './minimal-plan.js';
import { type Plan } from './plan.js';
import { simulate } from './simulate.js';

/**
 * Seeds that have found a bug when they were noted, with its description. Plans have changed since: a seed is a run like
 * others now, and the description tells what has gone wrong before, to search a seed for if it should come back.
 */
const FOUND: readonly (readonly [number, string])[] = [
  [15, 'a message whose lock was lost while it waited for a slot was given to the handler'],
  [
    3,
    'a settlement that was refused on its link was never tried through $management, while the lock was renewed',
  ],
  [1_284, 'a result that waited for its destination was sent although its lock had been lost'],
  [163, 'a settlement on a silent link was repeated there for ever'],
  [4, 'an unanswered completion hid that the lock was lost, and that the work was done'],
  [1_939, 'a lock that was lost between two tries to complete was noticed only after the next delivery'],
  [107, 'a message that a drain gave back was forgotten with its handler, and its abandon tried for ever'],
  [6, 'a handler that never ended left no slot for the half-open circuit'],
  [895, 'a trial execution that never ended kept the circuit half-open'],
  [3_506, 'the watchdog took a half-open circuit for a pause, and kept a silent link'],
  [237, 'a session that was granted again in the same process ran its finished message again'],
  [
    336,
    'a message that arrived while its session was being released was processed, and never told of the loss',
  ],
  [40, 'a session was closed before its interrupted message was given back'],
  [679, 'a message that was redelivered on a new link ran again although its work was done'],
  [147, 'a session that was being released ran its next message although the one before had gone back'],
  [5_909, 'a message that arrived while its link was being closed was given back for ever'],
  [54_321, 'a message that had lost its lock waited on for its retry'],
  [3_834, 'a session whose lock came before its first message was kept beyond the end of its lock'],
];

const FOUND_WITH_BATCHES: readonly (readonly [number, string])[] = [
  [613, 'a message that waited for its batch ran although an earlier delivery had finished its work'],
  [5_971, 'two batches that had waited began before either was paid for'],
  [1_572, 'a message whose last attempt had failed was given back by a drain as if it had never been tried'],
];

const EVERY_70_MS = Array.from({ length: 14 }, (_none, number) => 70 * number);

/** Plans that have found a bug, reduced to what it needs; with seeds for what else was by chance. */
const FOUND_BY_PLAN: readonly (readonly [string, readonly number[], Plan])[] = [
  [
    'a message that came after the end of its lock was given to the handler, and its result sent',
    [2, 9, 11],
    {
      ...MINIMAL_PLAN,
      inputs: inputsAt([300, 2_000, 2_000, 2_000, 2_000], () => 1),
      faults: [{ atMs: 1_000, kind: 'slow-broker', lastsMs: 90_000 }],
    },
  ],
  [
    'a link with a successor was closed with a message that was on its way, which ran twice at once',
    [30, 34, 51],
    {
      ...MINIMAL_PLAN,
      locksEndWithLink: true,
      latencyMs: [5, 80],
      inputs: inputsAt(EVERY_70_MS, (number) => (number > 10 ? 3_000 : 20)),
    },
  ],
  [
    'an attempt that had failed was forgotten by a drain while the copy for its retry was on its way',
    [1],
    {
      ...MINIMAL_PLAN,
      binding: { ...MINIMAL_PLAN.binding, retry: { maxHoldMs: 0 } },
      inputs: inputsAt([200], () => 1, [{ kind: 'retry-later', afterMs: 1, delayMs: 5_000 }]),
      faults: [
        { atMs: 100, kind: 'break-sending', lastsMs: 40_000 },
        { atMs: 300, kind: 'replace', lastsMs: 200 },
      ],
    },
  ],
  [
    'a result that waited for a link was sent long after the lock of its message was lost',
    [2, 7, 8],
    {
      ...MINIMAL_PLAN,
      inputs: inputsAt([200, 250, 300, 350], () => 2_000),
      faults: [{ atMs: 1_000, kind: 'outage', lastsMs: 15_000 }],
    },
  ],
  [
    'a link that fell silent after the watchdog had drawn its conclusions from hidden locks stayed silent',
    [1],
    {
      ...MINIMAL_PLAN,
      binding: { ...MINIMAL_PLAN.binding, watchdog: { silenceMs: 2_000 } },
      inputs: inputsAt([200, 400, 20_000], () => 40_000),
      slowOne: { times: 1, fromMs: 0 },
      faults: [{ atMs: 10_000, kind: 'silence-links', lastsMs: 200 }],
    },
  ],
];

describe('what the simulation has found', () => {
  it.each(FOUND)('seed %d: %s', async (seed) => {
    expect((await simulate(seed)).violations).toEqual([]);
  });

  it.each(FOUND_WITH_BATCHES)('seed %d with batches: %s', async (seed) => {
    expect((await simulate(seed, { hasBatches: true })).violations).toEqual([]);
  });

  it.each(FOUND_BY_PLAN)('%s', async (_what, seeds, plan) => {
    for (const seed of seeds) {
      expect((await simulate(seed, { change: () => plan })).violations).toEqual([]);
    }
  });
});

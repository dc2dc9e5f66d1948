import { describe, expect, it } from '@jest/globals';

import { simulate } from './simulate.js';

/**
 * Seeds that have found something, by what it was. A change of the plans gives a seed another meaning: then the name
 * tells what to look for in its place.
 */
const FOUND: readonly (readonly [number, string])[] = [
  [15, 'a message whose lock was lost while it waited for a slot was given to the handler'],
  [3, 'a settlement that was refused on its link was never tried on another way, while the lock was renewed'],
  [1_284, 'a result that waited for its destination was sent although its lock had been lost'],
  [163, 'a settlement on a link that had fallen silent was repeated there for ever'],
  [4, 'a completion without an answer kept the lost lock, and so the finished work, unnoticed'],
  [
    1_939,
    'a lock that was lost in the pause between two tries to complete was noticed after the next delivery',
  ],
  [107, 'a message that a drain gave back was forgotten with its handler, and its abandon tried for ever'],
  [6, 'a handler that did not end left no slot to the half-open circuit'],
  [895, 'a tried handler that did not end kept the circuit half-open'],
  [3_506, 'the watchdog took a half-open circuit for a pause, and a silent link stayed'],
  [237, 'a session that was granted once more in one process ran its finished message again'],
  [336, 'a message that came while its session was being released was processed, and never told of the loss'],
  [40, 'a session was closed before its interrupted message was given back'],
  [679, 'a message that came again on a fresh link ran although its work was done'],
  [5_909, 'a message that came while its link was being closed was given back for ever'],
];

const FOUND_WITH_BATCHES: readonly (readonly [number, string])[] = [
  [613, 'a message that waited for its batch ran although the work of a former delivery was done'],
  [1_572, 'a message whose last attempt had failed was given back by a drain as if nobody had tried it'],
];

describe('what the simulation has found', () => {
  it.each(FOUND)('seed %d: %s', async (seed) => {
    expect((await simulate(seed)).violations).toEqual([]);
  });

  it.each(FOUND_WITH_BATCHES)('seed %d with batches: %s', async (seed) => {
    expect((await simulate(seed, { hasBatches: true })).violations).toEqual([]);
  });
});

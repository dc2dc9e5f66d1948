import { describe, expect, it } from '@jest/globals';

import { FrameError } from '../src/amqp/frame-guard/frame-error.js';
import { FrameGuard } from '../src/amqp/frame-guard/frame-guard.js';
import { FUZZ_INPUTS, FUZZ_TIMEOUT_MS, FuzzBytes, MemoryWatch } from './fuzz-bytes.js';
import { AMQP_HEADER, clientFrames, rheaFrames, SASL_HEADER, saslFrame } from './fuzz-rhea-frames.js';

const MAX_FRAME_SIZE = 4_096;
const saslInit = saslFrame(rheaFrames.sasl_init({ mechanism: 'ANONYMOUS' }));

/** Sends a stream through a guard in random pieces: what it passed on, and whether it refused the rest. */
function send(stream: Buffer, fuzz: FuzzBytes): { passed: Buffer; refused: boolean } {
  const guard = new FrameGuard({ maxFrameSize: MAX_FRAME_SIZE, authenticated: () => true });
  const pieces: Buffer[] = [];
  try {
    for (let at = 0; at < stream.length;) {
      const end = at + 1 + fuzz.below(fuzz.below(8) === 0 ? 8 : 120);
      guard.check(stream.subarray(at, end), (piece) => pieces.push(Buffer.from(piece)));
      at = end;
    }
  } catch (error) {
    if (!(error instanceof FrameError)) throw error;
    return { passed: Buffer.concat(pieces), refused: true };
  }
  return { passed: Buffer.concat(pieces), refused: false };
}

/** Decodes all frames as rhea does, with every field of their performatives; returns how many there were. */
function decodeAll(passed: Buffer): number {
  let frames = 0;
  for (let at = 0; at < passed.length;) {
    if (passed.toString('latin1', at, at + 4) === 'AMQP') {
      at += 8;
      continue;
    }
    const size = passed.readUInt32BE(at);
    if (at + size > passed.length) throw new Error('passed on a part of a frame');
    const { performative } = rheaFrames.read_frame(passed.subarray(at, at + size));
    if (performative !== undefined) performative.toJSON?.();
    at += size;
    frames++;
  }
  return frames;
}

describe(`the frame guard, on ${FUZZ_INPUTS} inputs`, () => {
  it(
    'fails in no way but the one it declares, and lets pass only what rhea can decode',
    () => {
      const fuzz = new FuzzBytes(20_261_122);
      const valid = clientFrames();
      const memory = new MemoryWatch();
      const counts = { frames: 0, refused: 0, taken: 0 };
      for (let index = 0; index < FUZZ_INPUTS; index++) {
        const header =
          fuzz.below(4) === 0 ? Buffer.concat([SASL_HEADER, saslInit, AMQP_HEADER]) : AMQP_HEADER;
        const mutated = fuzz.mutate(fuzz.pick(valid));
        // A changed frame mostly has a wrong size; with the right one, its body is looked at.
        if (mutated.length >= 8 && fuzz.below(8) > 0) mutated.writeUInt32BE(mutated.length);
        const tail = index % 16 === 0 ? fuzz.random(60) : mutated;
        const whole = Buffer.concat([header, fuzz.pick(valid), tail, fuzz.pick(valid)]);
        const stream = fuzz.below(16) === 0 ? fuzz.mutate(whole) : whole;
        try {
          const { passed, refused } = send(stream, fuzz);
          if (!stream.subarray(0, passed.length).equals(passed)) throw new Error('passed on other bytes');
          counts.frames += decodeAll(passed);
          if (refused) counts.refused++;
          else counts.taken++;
        } catch (error) {
          throw new Error(`on input ${index}: ${stream.toString('hex')}`, { cause: error });
        }
        memory.sample();
      }
      // Both ways have been walked often, or the campaign shows little.
      expect(Math.min(counts.taken, counts.refused)).toBeGreaterThan(FUZZ_INPUTS / 20);
      expect(counts.frames).toBeGreaterThan(FUZZ_INPUTS / 2);
      expect(memory.most).toBeLessThan(300_000_000);
    },
    FUZZ_TIMEOUT_MS,
  );
});

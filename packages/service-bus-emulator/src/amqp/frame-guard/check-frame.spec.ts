import { describe, expect, it } from '@jest/globals';

import { frameOf, list } from '../../../test/fuzz-made-frames.js';
import { AMQP_HEADER, amqpFrame, clientFrames, rheaFrames } from '../../../test/fuzz-rhea-frames.js';
import { FrameError } from './frame-error.js';
import { FrameGuard, type FrameGuardOptions } from './frame-guard.js';

const nestedLists = (depth: number): string => {
  let hex = '45';
  for (let index = 0; index < depth; index++) {
    hex = `d0${(hex.length / 2 + 4).toString(16).padStart(8, '0')}00000001${hex}`;
  }
  return hex;
};

/** An end with an error whose info is this value: the place for anything. */
const endWith = (value: string): Buffer => {
  const content = value.replaceAll(' ', '');
  const size = (content.length / 2 + 4 + 3).toString(16).padStart(8, '0');
  return frameOf(`005317 d0 ${size} 00000001 005377 ${content}`);
};

function opened(options: Partial<FrameGuardOptions> = {}): FrameGuard {
  const guard = new FrameGuard({ maxFrameSize: 65_536, ...options });
  guard.check(AMQP_HEADER);
  return guard;
}

function errorOf(check: () => void): FrameError {
  try {
    check();
  } catch (error) {
    if (error instanceof FrameError) return error;
    throw error;
  }
  throw new Error('nothing was refused');
}

const FRAMING = 'amqp:connection:framing-error';
const DECODE = 'amqp:decode-error';

describe('FrameGuard, on one frame', () => {
  it('accepts everything that a client sends', () => {
    const guard = opened();
    for (const frame of clientFrames()) expect(() => guard.check(frame)).not.toThrow();
  });

  it.each([
    [
      'a described source with a filter',
      `005312 ${list('a10161', '43', '41', '40', '40', `005328 ${list('a10171', ...Array<string>(6).fill('40'), 'c1 07 02 a30166 a10173')}`)}`,
    ],
    [
      'a target of a kind that rhea does not know',
      `005312 ${list('a10161', '43', '42', '40', '40', '40', '00533045')}`,
    ],
    ['a descriptor of 64 bits', '00 80 0000000000000017 45'],
    ['a list of 32 bits', '005317 d0 00000005 00000001 40'],
    ['more fields than there should be', `005317 ${list('40', '40')}`],
    ['a disposition with a state', `005315 ${list('41', '43', '40', '42', '00532445')}`],
    [
      'an open with an array of symbols',
      `005310 ${list('a10161', ...Array<string>(6).fill('40'), 'e0 06 02 a3 0161 0162')}`,
    ],
    ['the smallest max-frame-size there may be', `005310 ${list('a10161', '40', '7000000200')}`],
  ])('lets pass %s', (_name, body) => {
    expect(() => opened().check(frameOf(body))).not.toThrow();
  });

  it('accepts heartbeats, and frames with longer headers than necessary', () => {
    const guard = opened();
    expect(() => guard.check(frameOf(''))).not.toThrow();
    expect(() => guard.check(frameOf('ffffffff 005317 45', { dataOffset: 3 }))).not.toThrow();
  });

  it('does not check the payload of a transfer', () => {
    const frame = amqpFrame(rheaFrames.transfer({ handle: 0 }), Buffer.alloc(5_000));
    expect(() => opened().check(frame)).not.toThrow();
  });

  it.each([
    ['a size of 0', frameOf('', { size: 0 }), FRAMING],
    ['a size of 4', frameOf('', { size: 4 }), FRAMING],
    ['a size of 7', frameOf('', { size: 7 }), FRAMING],
    ['a size of 4 GB', frameOf('', { size: 0xffff_ffff }), FRAMING],
    ['a size just beyond the maximum', frameOf('', { size: 65_537 }), FRAMING],
    ['a data offset of 0', frameOf('', { dataOffset: 0 }), FRAMING],
    ['a data offset of 1', frameOf('', { dataOffset: 1 }), FRAMING],
    ['a data offset beyond the frame', frameOf('', { dataOffset: 255 }), FRAMING],
    ['an unknown type', frameOf('', { type: 2 }), FRAMING],
    ['the type of SASL', frameOf('', { type: 1 }), FRAMING],
    ['an unknown descriptor', frameOf('005319 45'), DECODE],
    ['a descriptor of SASL', frameOf('005341 45'), DECODE],
    ['a long descriptor that only ends like one', frameOf('0080 0000000100000017 45'), DECODE],
    ['a symbolic descriptor', frameOf('00a30161 45'), DECODE],
    ['a body that is not described', frameOf(list('a10161')), DECODE],
    ['a body of one byte', frameOf('00'), DECODE],
    ['a performative without its list', frameOf('005317'), DECODE],
    ['a performative that is a map', frameOf('005317 c1 01 00'), DECODE],
    ['a performative that is described twice', frameOf('005317 005317 45'), DECODE],
    ['a list longer than its frame', frameOf('005317 c0 09 01 40'), DECODE],
    ['a list of 32 bits longer than its frame', frameOf('005317 d0 ffffffff 00000000'), DECODE],
    ['a list without a count', frameOf('005317 c0 01'), DECODE],
    ['a list of no bytes', frameOf('005317 c0 00 00'), DECODE],
    ['a list of 4 billion fields', frameOf('005317 d0 00000005 ffffffff 40'), DECODE],
    ['a list with bytes left', frameOf('005317 c0 03 01 40 40'), DECODE],
    ['bytes after the performative', frameOf('005317 45 00'), DECODE],
    ['a handle that is an int', frameOf(`005314 ${list('5401')}`), DECODE],
    ['an error that is not described', frameOf(`005317 ${list('a10161')}`), DECODE],
    ['a mandatory field that is null', frameOf(`005314 ${list('40')}`), DECODE],
    ['a mandatory field that is missing', frameOf(`005315 ${list('41')}`), DECODE],
    ['no fields at all where some must be', frameOf('005312 45'), DECODE],
    ['a string longer than its list', frameOf(`005310 ${list('a1ff61')}`), DECODE],
    ['an array of 5 million elements without a width', endWith('f0 00000005 004c4b40 45'), DECODE],
    ['a list of 4 billion elements', endWith('d0 00000004 ffffffff'), DECODE],
    ['an empty array of unknown elements', endWith('e0 02 00 99'), DECODE],
    ['lists nested 7,000 deep', endWith(nestedLists(7_000)), DECODE],
    [
      'a max-frame-size that rhea never ends cutting for',
      frameOf(`005310 ${list('a10161', '40', '5210')}`),
      'amqp:invalid-field',
    ],
    [
      'a max-frame-size of 511',
      frameOf(`005310 ${list('a10161', '40', '70000001ff')}`),
      'amqp:invalid-field',
    ],
    [
      'a disposition of 4 billion deliveries',
      frameOf(`005315 ${list('41', '43', '70ffffffff')}`),
      'amqp:resource-limit-exceeded',
    ],
  ])('refuses %s', (_name, frame, condition) => {
    expect(errorOf(() => opened().check(frame)).condition).toBe(condition);
  });

  it('accepts what is just within its limits', () => {
    const disposition = (last: string): Buffer => frameOf(`005315 ${list('41', '5205', last)}`);
    expect(() => opened({ maxDispositionRange: 4 }).check(disposition('5208'))).not.toThrow();
    expect(() => opened({ maxDispositionRange: 4 }).check(disposition('5209'))).toThrow(FrameError);
    expect(() => opened({ maxDepth: 6 }).check(endWith(nestedLists(4)))).not.toThrow();
    expect(() => opened({ maxDepth: 6 }).check(endWith(nestedLists(7)))).toThrow(FrameError);
    expect(() => opened({ maxElements: 5 }).check(endWith('e0 02 05 40'))).not.toThrow();
    expect(() => opened({ maxElements: 5 }).check(endWith('e0 02 06 40'))).toThrow(FrameError);
    expect(() => opened({ maxFrameSize: 600 }).check(frameOf('', { size: 600 }))).not.toThrow();
  });

  it('counts elements without a width anew in each frame', () => {
    const guard = opened({ maxElements: 5 });
    for (let frame = 0; frame < 10; frame++) guard.check(endWith('e0 02 05 40'));
  });

  it('says what is wrong and where', () => {
    const error = errorOf(() => opened().check(frameOf('', { size: 4 })));
    expect(error).toMatchObject({ name: 'FrameError', reason: 'a frame size out of bounds' });
    expect(error.data).toEqual({ size: 4, maxFrameSize: 65_536 });
    expect(error.message).toBe('a frame size out of bounds (size 4, maxFrameSize 65536)');
  });

  it('refuses everything after a bad frame', () => {
    const guard = opened();
    const error = errorOf(() => guard.check(frameOf('', { size: 4 })));
    expect(errorOf(() => guard.check(frameOf('')))).toBe(error);
  });
});

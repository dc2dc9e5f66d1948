import { describe, expect, it, jest } from '@jest/globals';

import { frameOf } from '../../../test/fuzz-made-frames.js';
import { AMQP_HEADER, clientFrames } from '../../../test/fuzz-rhea-frames.js';
import { FrameError } from './frame-error.js';
import { FrameGuard } from './frame-guard.js';

function opened(): FrameGuard {
  const guard = new FrameGuard({ maxFrameSize: 65_536 });
  guard.check(AMQP_HEADER);
  return guard;
}

describe('FrameGuard, across chunks', () => {
  const frames = clientFrames();
  const stream = Buffer.concat([AMQP_HEADER, ...frames, ...frames]);
  const inChunks = (bytes: Buffer, size: number): Buffer[] =>
    Array.from({ length: Math.ceil(bytes.length / size) }, (_, index) =>
      bytes.subarray(index * size, (index + 1) * size),
    );
  const whole = new Set<number>();
  for (let end = 0, index = 0; index <= 2 * frames.length; index++) {
    end += index === 0 ? AMQP_HEADER.length : frames[(index - 1) % frames.length]!.length;
    whole.add(end);
  }

  it.each([1, 2, 3, 5, 7, 8, 9, 64, 301, 100_000])('checks a stream in chunks of %d bytes', (size) => {
    const guard = new FrameGuard({ maxFrameSize: 65_536 });
    for (const chunk of inChunks(stream, size)) guard.check(chunk);
    expect(() => guard.check(frameOf('', { size: 4 }))).toThrow(FrameError);
  });

  it.each([1, 2, 3, 5, 7, 8, 9, 64, 301, 100_000])(
    'passes on whole frames only, from chunks of %d bytes',
    (size) => {
      const guard = new FrameGuard({ maxFrameSize: 65_536 });
      const passed: Buffer[] = [];
      let length = 0;
      for (const chunk of inChunks(stream, size)) {
        guard.check(chunk, (piece) => {
          passed.push(Buffer.from(piece));
          length += piece.length;
          expect(whole.has(length)).toBe(true);
        });
      }
      expect(Buffer.concat(passed)).toEqual(stream);
    },
  );

  it('hands a chunk on as it is if it ends with a frame', () => {
    const guard = new FrameGuard({ maxFrameSize: 65_536 });
    const pass = jest.fn<(piece: Buffer) => void>();
    guard.check(stream, pass);
    expect(pass).toHaveBeenCalledTimes(1);
    expect(pass.mock.calls[0]![0]).toBe(stream);
  });

  it('hands on nothing of a chunk with a bad frame', () => {
    const guard = opened();
    const pass = jest.fn<(piece: Buffer) => void>();
    expect(() => guard.check(Buffer.concat([frames[0]!, frameOf('005319 45')]), pass)).toThrow(FrameError);
    expect(pass).not.toHaveBeenCalled();
  });

  it('detects a bad frame wherever it is split', () => {
    const bad = frameOf('005319 45');
    for (let at = 1; at < bad.length; at++) {
      const guard = opened();
      const pass = jest.fn<(piece: Buffer) => void>();
      guard.check(Buffer.concat([frames[0]!, bad.subarray(0, at)]), pass);
      expect(() => guard.check(bad.subarray(at), pass)).toThrow(FrameError);
      expect(pass.mock.calls.map(([piece]) => piece)).toEqual([frames[0]!]);
    }
  });

  it('refuses a size as soon as it is known, before it stores more', () => {
    const guard = opened();
    const size = frameOf('', { size: 65_537 });
    for (let at = 0; at < 3; at++) guard.check(size.subarray(at, at + 1));
    expect(() => guard.check(size.subarray(3, 4))).toThrow(FrameError);
  });
});

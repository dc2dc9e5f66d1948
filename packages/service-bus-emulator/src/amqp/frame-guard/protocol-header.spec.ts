import { describe, expect, it } from '@jest/globals';

import { frameOf } from '../../../test/fuzz-made-frames.js';
import {
  AMQP_HEADER,
  clientFrames,
  rheaFrames,
  SASL_HEADER,
  saslFrame,
} from '../../../test/fuzz-rhea-frames.js';
import { FrameError } from './frame-error.js';
import { FrameGuard, type FrameGuardOptions } from './frame-guard.js';

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

describe('FrameGuard, at the beginning', () => {
  const saslInit = saslFrame(
    rheaFrames.sasl_init({ mechanism: 'ANONYMOUS', initial_response: Buffer.from('me'), hostname: 'host' }),
  );
  const saslResponse = saslFrame(rheaFrames.sasl_response({ response: Buffer.from('x') }));
  const started = (options: Partial<FrameGuardOptions> = {}): FrameGuard => {
    const guard = new FrameGuard({ maxFrameSize: 65_536, ...options });
    guard.check(SASL_HEADER);
    return guard;
  };

  it('accepts SASL and then AMQP', () => {
    const guard = started();
    guard.check(saslInit);
    guard.check(saslResponse);
    guard.check(Buffer.concat([AMQP_HEADER, ...clientFrames()]));
    expect(() => guard.check(saslInit)).toThrow(FrameError);
  });

  it.each([
    ['HTTP', 'GET / HTTP/1.1\r\n'],
    ['AMQP 0-9-1', 'AMQP\x00\x00\x09\x01'],
    ['a TLS layer', 'AMQP\x02\x01\x00\x00'],
    ['a later version', 'AMQP\x00\x01\x00\x01'],
    ['a frame', '\x00\x00\x00\x08\x02\x00\x00\x00'],
  ])('refuses %s', (_name, text) => {
    const guard = new FrameGuard({ maxFrameSize: 65_536 });
    expect(errorOf(() => guard.check(Buffer.from(text, 'latin1'))).condition).toBe(FRAMING);
  });

  it.each([
    ['an AMQP frame in the SASL layer', frameOf('005317 45')],
    ['an empty frame in the SASL layer', frameOf('', { type: 1 })],
    ['an AMQP performative in a SASL frame', frameOf('005317 45', { type: 1 })],
    ['a SASL init without a mechanism', frameOf('005341 45', { type: 1 })],
    ['a second SASL header', SASL_HEADER],
    ['an AMQP header before anything was said', AMQP_HEADER],
  ])('refuses %s', (_name, bytes) => {
    expect(() => started().check(bytes)).toThrow(FrameError);
  });

  // rhea reads a header that comes before its own outcome as the size of a frame of 1 GB, and waits for it.
  it('refuses an AMQP header that does not wait for the outcome', () => {
    const guard = started();
    expect(errorOf(() => guard.check(Buffer.concat([saslInit, AMQP_HEADER]))).condition).toBe(
      'amqp:not-allowed',
    );
  });

  it('asks whether the client is authenticated, if it can', () => {
    let authenticated = false;
    const guard = (): FrameGuard => {
      const created = started({ authenticated: () => authenticated });
      created.check(saslInit);
      return created;
    };
    expect(() => guard().check(AMQP_HEADER)).toThrow(FrameError);
    authenticated = true;
    expect(() => guard().check(AMQP_HEADER)).not.toThrow();
  });
});

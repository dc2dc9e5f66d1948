import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { TypeCode } from '@nestjs-service-bus/amqp-message';
import fc from 'fast-check';
import rhea from 'rhea';

import { NotPlainError, ValueReader } from '../../nestjs-service-bus/src/sdk/fast-lane/value-reader.js';
import { readValue } from '../src/value/read-value.js';
import { SkipBudget, skipValue } from '../src/value/skip-value.js';
import { anyValue, type EncodedValue, simpleValue } from './encoded-value.js';
import { fromEmulator, fromRhea, fromTransport, type RheaValue, type SameForm } from './same-form.js';

interface RheaReader {
  read(): RheaValue;
  readonly position: number;
}
const { Reader } = rhea.types as unknown as { readonly Reader: new (bytes: Buffer) => RheaReader };

/** Behind each value another one stands: a reader that goes too far is seen. */
const NEXT = Buffer.of(TypeCode.true);

interface Reading {
  readonly value: SameForm;
  readonly end: number;
}

function readByRhea(bytes: Buffer): Reading {
  const reader = new Reader(bytes);
  return { value: fromRhea(reader.read()), end: reader.position };
}

function readByEmulator(bytes: Buffer): Reading {
  const end = skipValue(bytes, 0, bytes.length, new SkipBudget());
  return { value: fromEmulator(readValue(bytes, 0)), end };
}

/** Undefined: not plain, so it is left to rhea. */
function readByTransport(bytes: Buffer): Reading | undefined {
  const reader = new ValueReader(bytes);
  try {
    const value = reader.value();
    return { value: fromTransport(bytes[0]!, value), end: reader.at };
  } catch (error) {
    if (error instanceof NotPlainError) return undefined;
    throw error;
  }
}

/** Where the transport stands after it has passed over the value; undefined: it does not. */
function passedByTransport(bytes: Buffer): number | undefined {
  const reader = new ValueReader(bytes);
  try {
    reader.pass();
    return reader.at;
  } catch (error) {
    if (error instanceof NotPlainError) return undefined;
    throw error;
  }
}

describe('the readers of AMQP values', () => {
  beforeAll(() => {
    // rhea says much about values that are sound and mean nothing to it.
    jest.spyOn(console, 'warn').mockImplementation(() => undefined);
  });
  afterAll(() => {
    jest.restoreAllMocks();
  });

  it('make the same of a value of any type', () => {
    fc.assert(
      fc.property(anyValue, ({ bytes }) => {
        const followed = Buffer.concat([bytes, NEXT]);
        const reading = readByEmulator(followed);
        expect(reading).toEqual(readByRhea(followed));
        expect(reading.end).toBe(bytes.length);
      }),
      { numRuns: 600 },
    );
  });

  it('have the trusting one read what is plain as the others do, and leave the rest to rhea', () => {
    const seen = { plain: 0, left: 0 };
    const check = ({ bytes, isPlain }: EncodedValue): void => {
      const followed = Buffer.concat([bytes, NEXT]);
      const reading = readByTransport(followed);
      if (isPlain) {
        seen.plain++;
        expect(reading).toEqual(readByEmulator(followed));
        expect(reading).toEqual(readByRhea(followed));
      } else {
        seen.left++;
        expect(reading).toBeUndefined();
      }
    };
    fc.assert(fc.property(fc.oneof(simpleValue, anyValue), check), { numRuns: 600 });
    expect(Math.min(seen.plain, seen.left)).toBeGreaterThan(60);
  });

  it('pass over the same bytes, but that the trusting one knows no described values', () => {
    fc.assert(
      fc.property(anyValue, ({ bytes }) => {
        const isDescribed = bytes[0] === TypeCode.described;
        const passed = passedByTransport(Buffer.concat([bytes, NEXT]));
        expect(passed).toBe(isDescribed ? undefined : bytes.length);
      }),
      { numRuns: 600 },
    );
  });

  it('know the same types', () => {
    const known = new Set<number>(Object.values(TypeCode));
    const { by_code: byCode } = rhea.types as unknown as {
      readonly by_code: Readonly<Record<number, unknown>>;
    };
    const knownToRhea = Object.keys(byCode).map(Number);
    expect(new Set([TypeCode.described, ...knownToRhea])).toEqual(known);
    for (let code = 0; code < 256; code++) {
      if (known.has(code)) continue;
      const bytes = Buffer.concat([Buffer.of(code), Buffer.alloc(16)]);
      expect(() => readByEmulator(bytes)).toThrow('unknown type code');
      expect([code, readByTransport(bytes)]).toEqual([code, undefined]);
    }
  });

  it('refuse, each in its way, a value that is cut off', () => {
    fc.assert(
      fc.property(simpleValue, fc.nat(), ({ bytes }, at) => {
        const cut = bytes.subarray(0, at % bytes.length);
        expect(() => readByEmulator(cut)).toThrow('at byte');
        expect(readByTransport(cut)).toBeUndefined();
        expect(passedByTransport(cut)).toBeUndefined();
      }),
      { numRuns: 300 },
    );
  });
});

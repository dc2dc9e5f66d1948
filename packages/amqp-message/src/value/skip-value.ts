import { TypeCode } from '../type-code.js';

import { MalformedMessageError } from './malformed-message-error.js';
import { ARRAY_32, ARRAY_8, COMPOUND_32, LAYOUT_OF, SIZE_32, SIZE_8, UNKNOWN } from './value-layout.js';

/** Limits how deeply values nest, and how many array elements without any bytes are declared. */
export class SkipBudget {
  elementsLeft: number;

  constructor(
    readonly maxDepth = 32,
    readonly maxElements = 1_024,
  ) {
    this.elementsLeft = maxElements;
  }

  /** Starts the next frame or message: the limit of elements applies to each as a whole. */
  renew(): void {
    this.elementsLeft = this.maxElements;
  }
}

/**
 * Returns the offset after the value at `offset`, which must end at or before `end`. In bytes that this function
 * accepts, every count and size is true: a decoder never reads outside them.
 * Throws MalformedMessageError.
 */
export function skipValue(bytes: Buffer, offset: number, end: number, budget: SkipBudget, depth = 1): number {
  if (offset >= end) throw new MalformedMessageError(offset, 'a value is missing');
  const code = bytes[offset]!;
  if (code !== TypeCode.described) return skipContent(bytes, code, offset + 1, end, budget, depth);

  if (depth > budget.maxDepth) throw tooDeep(offset, budget);
  const described = skipValue(bytes, offset + 1, end, budget, depth + 1);
  return skipValue(bytes, described, end, budget, depth + 1);
}

function skipContent(
  bytes: Buffer,
  code: number,
  offset: number,
  end: number,
  budget: SkipBudget,
  depth: number,
): number {
  const layout = LAYOUT_OF[code]!;
  if (layout >= 0) return within(offset + layout, end, offset);
  if (layout === UNKNOWN) throw unknownType(offset - 1, code);

  const wide = layout === SIZE_32 || layout === COMPOUND_32 || layout === ARRAY_32;
  const start = within(offset + (wide ? 4 : 1), end, offset);
  const next = within(start + (wide ? bytes.readUInt32BE(offset) : bytes[offset]!), end, offset);
  if (layout === SIZE_8 || layout === SIZE_32) return next;

  if (depth > budget.maxDepth) throw tooDeep(offset, budget);
  const elements = within(start + (wide ? 4 : 1), next, start);
  const count = wide ? bytes.readUInt32BE(start) : bytes[start]!;
  if (layout === ARRAY_8 || layout === ARRAY_32) skipArray(bytes, elements, next, count, budget, depth);
  else skipElements(bytes, code, elements, next, count, budget, depth);
  return next;
}

function skipElements(
  bytes: Buffer,
  code: number,
  offset: number,
  end: number,
  count: number,
  budget: SkipBudget,
  depth: number,
): void {
  // Every element takes at least one byte: a count that cannot be true is refused before it is used.
  if (count > end - offset) throw new MalformedMessageError(offset, 'more elements declared than there are');
  if ((code === TypeCode.map8 || code === TypeCode.map32) && count % 2 !== 0) {
    throw new MalformedMessageError(offset, 'a map with a key that has no value');
  }
  let at = offset;
  for (let index = 0; index < count; index++) at = skipValue(bytes, at, end, budget, depth + 1);
  if (at !== end) throw new MalformedMessageError(at, 'fewer elements declared than there are');
}

function skipArray(
  bytes: Buffer,
  offset: number,
  end: number,
  count: number,
  budget: SkipBudget,
  depth: number,
): void {
  // [AMQP 1.6.22] One constructor, which may be described, then the values without theirs.
  let at = offset;
  let nested = depth + 1;
  for (; at < end && bytes[at] === TypeCode.described; nested++) {
    if (nested > budget.maxDepth) throw tooDeep(at, budget);
    at = skipValue(bytes, at + 1, end, budget, nested);
  }
  if (at >= end) throw new MalformedMessageError(at, 'an array without a constructor');

  const code = bytes[at]!;
  const layout = LAYOUT_OF[code]!;
  if (layout === UNKNOWN) throw unknownType(at, code);
  at++;
  if (layout === 0) {
    budget.elementsLeft -= count;
    if (budget.elementsLeft < 0) {
      throw new MalformedMessageError(at, `more than ${budget.maxElements} elements without a width`);
    }
  } else if (layout > 0) {
    at = within(at + count * layout, end, at);
  } else {
    if (count > end - at) throw new MalformedMessageError(at, 'more elements declared than there are');
    for (let index = 0; index < count; index++) at = skipContent(bytes, code, at, end, budget, nested);
  }
  if (at !== end) throw new MalformedMessageError(at, 'fewer elements declared than there are');
}

function within(next: number, end: number, offset: number): number {
  if (next > end) throw new MalformedMessageError(offset, 'a value runs past its end');
  return next;
}

function tooDeep(offset: number, budget: SkipBudget): MalformedMessageError {
  return new MalformedMessageError(offset, `values nested deeper than ${budget.maxDepth}`);
}

function unknownType(offset: number, code: number): MalformedMessageError {
  return new MalformedMessageError(offset, `unknown type code 0x${code.toString(16).padStart(2, '0')}`);
}

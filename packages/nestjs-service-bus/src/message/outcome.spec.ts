import { describe, expect, it } from '@jest/globals';
import { BadRequestException, NotFoundException, UnprocessableEntityException } from '@nestjs/common';
import { RpcException } from '@nestjs/microservices';

import { DeadLetterException } from '../exceptions/dead-letter.exception.js';
import { DeferException } from '../exceptions/defer.exception.js';
import { DrainedError } from '../exceptions/drained.error.js';
import { RetryException } from '../exceptions/retry.exception.js';
import { type Outcome, outcomeOf } from './outcome.js';

const policy = { maxAttempts: 3, delayMs: 100, maxDelayMs: 1_000 };
const after = (error: unknown, number = 1, isDraining = false): Outcome =>
  outcomeOf(error, { number, policy, isDraining, random: () => 1 });

describe('the outcome of an attempt that failed', () => {
  it('is a retry after a backoff, until the last attempt', () => {
    const error = new Error('x');
    expect(after(error, 1)).toEqual({ kind: 'retry', delayMs: 100, error });
    expect(after(error, 2)).toEqual({ kind: 'retry', delayMs: 200, error });
    expect(after(error, 3)).toMatchObject({ kind: 'dead-letter', cause: { reason: 'Error' } });
  });

  it('is a retry after the time that the handler asks for, within the attempts there are', () => {
    expect(after(new RetryException({ delayMs: 7 }), 2)).toMatchObject({ kind: 'retry', delayMs: 7 });
    expect(after(new RetryException({ delayMs: 7 }), 3)).toMatchObject({
      kind: 'dead-letter',
      cause: { reason: 'RetryException' },
    });
  });

  it.each([NaN, Infinity, -1, undefined, '5', 1e300])('is no retry after %p: no delay', (delayMs) => {
    expect(() => new RetryException({ delayMs: delayMs as number })).toThrow(/delayMs is/);
    const forged = Object.assign(new RetryException({ delayMs: 1 }), { delayMs });
    expect(after(forged)).toMatchObject({ kind: 'retry', delayMs: 100 });
  });

  it('is given back only while the service is shutting down', () => {
    expect(after(new DrainedError(), 1, true)).toEqual({ kind: 'give-back' });
    expect(after(new DrainedError())).toMatchObject({ kind: 'retry' });
  });

  it('is what the handler says', () => {
    expect(after(new DeadLetterException('Why', 'because'))).toMatchObject({
      kind: 'dead-letter',
      cause: { reason: 'Why', description: 'because' },
    });
    expect(after(new DeferException())).toEqual({ kind: 'defer' });
  });

  it.each([
    ['400', new BadRequestException(['a must be a string', 'b is missing'])],
    ['422', new UnprocessableEntityException(['a must be a string', 'b is missing'])],
  ])('is ValidationFailed for a %s of the ValidationPipe, with all problems', (_status, error) => {
    expect(after(error)).toMatchObject({
      kind: 'dead-letter',
      cause: { reason: 'ValidationFailed', description: 'a must be a string; b is missing' },
    });
  });

  it("is ValidationFailed for class-validator's own errors inside an RpcException", () => {
    const errors = [
      { property: 'name', constraints: { isString: 'name must be a string' } },
      {
        property: 'address',
        children: [{ property: 'city', constraints: { isString: 'city must be a string' } }],
      },
    ];
    expect(after(new RpcException(errors))).toMatchObject({
      cause: {
        reason: 'ValidationFailed',
        description: 'name: name must be a string; address.city: city must be a string',
      },
    });
  });

  it('is a retry for other exceptions of HTTP', () => {
    expect(after(new NotFoundException())).toMatchObject({ kind: 'retry' });
  });
});

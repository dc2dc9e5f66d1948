import { describe, expect, it, jest } from '@jest/globals';
import { RpcException } from '@nestjs/microservices';
import { lastValueFrom, of } from 'rxjs';

import { DeadLetterException, ServiceBusClientProxy } from '../src/index.js';
import { type ServiceBusTestbed } from '../src/testing.js';
import { useTestbeds } from './support/work-testbed.js';

const retry = { maxAttempts: 5, delayMs: 1 };
const replies = { entities: { queues: ['replies'] } };

function* numbers(): Generator<number> {
  yield 1;
}

const circle: Record<string, unknown> = {};
circle['self'] = circle;

describe('a result that cannot be sent', () => {
  const { openWork } = useTestbeds();

  async function failure({ emulator: { connectionString } }: ServiceBusTestbed): Promise<unknown> {
    const client = new ServiceBusClientProxy({
      connectionString,
      replyQueue: 'replies',
      requestTimeoutMs: 5_000,
    });
    try {
      const error: unknown = await lastValueFrom(client.send('work', 1)).catch((cause: unknown) => cause);
      return error instanceof RpcException ? error.getError() : error;
    } finally {
      await client.close();
    }
  }

  it.each<[string, () => unknown, string]>([
    ['too large', () => 'x'.repeat(300_000), 'MessageSizeExceeded'],
    ['too large, in a stream', () => of('fits', 'x'.repeat(300_000)), 'MessageSizeExceeded'],
    ['a Map', () => new Map([[1, 2]]), 'UnserializableResult'],
    ['a Set', () => new Set([1]), 'UnserializableResult'],
    ['a generator', () => numbers(), 'UnserializableResult'],
    ['an Error', () => new TypeError('x'), 'UnserializableResult'],
    ['an ArrayBuffer', () => new ArrayBuffer(2), 'UnserializableResult'],
    ['an array of floats', () => new Float64Array(2), 'UnserializableResult'],
    ['a RegExp', () => /x/, 'UnserializableResult'],
    ['a function', () => () => 1, 'UnserializableResult'],
    ['a symbol', () => Symbol('x'), 'UnserializableResult'],
    ['a bigint', () => 1n, 'UnserializableResult'],
    ['a bigint inside', () => ({ id: 1n }), 'UnserializableResult'],
    ['a circle', () => circle, 'UnserializableResult'],
    [
      'an object that JSON cannot ask',
      () => ({
        toJSON: (): never => {
          throw new Error('no');
        },
      }),
      'UnserializableResult',
    ],
  ])('%s, is dead-lettered after one run, with a reason of its own', async (_what, result, reason) => {
    const handler = jest.fn(result);
    const bus = await openWork(handler, { replyTo: 'out', retry });
    await bus.send('work', 1);
    await bus.settled();
    expect(bus.deadLettered).toMatchObject([{ reason, attempt: 1 }]);
    expect(handler).toHaveBeenCalledTimes(1);
    expect(bus.retried).toEqual([]);
  });

  it.each([
    [
      { at: new Date(0), url: new URL('http://a/') },
      { at: '1970-01-01T00:00:00.000Z', url: 'http://a/' },
    ],
    [Object.assign(new Map(), { toJSON: () => 'its own way' }), 'its own way'],
    [Object.assign(Object.create(null) as object, { a: 1 }), { a: 1 }],
    [null, null],
  ])('does not include %p', async (result, body) => {
    const bus = await openWork(() => result, { replyTo: 'out', retry });
    await bus.send('work', 1);
    await bus.settled();
    expect(bus.sent.one().body).toEqual(body);
  });

  it('is told to its requester', async () => {
    const bus = await openWork(() => 'x'.repeat(300_000), { retry }, replies);
    expect(await failure(bus)).toEqual({
      status: 'error',
      reason: 'MessageSizeExceeded',
      message: 'the result is larger than replies takes',
    });
  });

  it.each<[string, () => Error, string]>([
    ['too large', () => new DeadLetterException('Huge', 'x'.repeat(300_000)), 'Huge'],
    ['a circle', () => new RpcException(circle), 'RpcException'],
    ['with a bigint', () => new RpcException({ id: 1n }), 'RpcException'],
  ])('of an error, %s, becomes a smaller one', async (_what, error, reason) => {
    const bus = await openWork(() => Promise.reject(error()), { retry: { maxAttempts: 1 } }, replies);
    expect(await failure(bus)).toEqual({
      status: 'error',
      reason,
      message: 'what the error says could not be sent',
    });
  });
});

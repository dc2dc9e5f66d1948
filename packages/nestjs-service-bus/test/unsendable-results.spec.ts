import { describe, expect, it, jest } from '@jest/globals';
import { RpcException } from '@nestjs/microservices';
import { lastValueFrom, of } from 'rxjs';

import { DeadLetterException, ServiceBusClientProxy } from '../src/index.js';
import { serviceBusScene } from './support/service-bus-scene.js';

const DEAD = 'work/$DeadLetterQueue';
const retry = { maxAttempts: 5, delayMs: 1 };

function* numbers(): Generator<number> {
  yield 1;
}

const circle: Record<string, unknown> = {};
circle['self'] = circle;

describe('a result that cannot be sent', () => {
  const scene = serviceBusScene({
    entities: { queues: [{ name: 'work', maxDeliveryCount: 50 }, 'out', 'replies'] },
  });

  async function failure(): Promise<unknown> {
    const { connectionString } = scene.emulator;
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
    await scene.startWork(handler, { replyTo: 'out', retry });
    await scene.send('work', { body: 1 });
    const [dead] = await scene.take(DEAD);
    expect(dead?.deadLetterReason).toBe(reason);
    expect(handler).toHaveBeenCalledTimes(1);
    expect(scene.left('work')).toBe(0);
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
    await scene.startWork(() => result, { replyTo: 'out', retry });
    await scene.send('work', { body: 1 });
    const [reply] = await scene.take('out');
    expect(reply?.body).toEqual(body);
  });

  it('is told to its requester', async () => {
    await scene.startWork(() => 'x'.repeat(300_000), { retry });
    expect(await failure()).toEqual({
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
    await scene.startWork(
      () => {
        throw error();
      },
      { retry: { maxAttempts: 1 } },
    );
    expect(await failure()).toEqual({
      status: 'error',
      reason,
      message: 'what the error says could not be sent',
    });
  });
});

import { describe, expect, it, jest } from '@jest/globals';
import { Controller, Logger } from '@nestjs/common';
import { EventPattern, Payload } from '@nestjs/microservices';
import { lastValueFrom, toArray } from 'rxjs';

import { until } from '../../../test/support/until.js';
import {
  type AllowReplyTo,
  DeadLetterException,
  RequestTimeoutError,
  ServiceBusClientProxy,
  type ServiceBusClientProxyOptions,
  ServiceBusModule,
} from '../src/index.js';
import { serviceBusScene } from './support/service-bus-scene.js';

const DEAD = 'work/$DeadLetterQueue';

@Controller()
class EventController {
  @EventPattern('work')
  on(@Payload() payload: unknown): unknown {
    if (payload === 'bad') throw new DeadLetterException('Bad');
    return 'never sent';
  }
}

describe("a message's own replyTo", () => {
  const scene = serviceBusScene({ entities: { queues: ['work', 'out', 'theirs', 'others', 'replies'] } });

  const sent = async (queue: string): Promise<unknown[]> =>
    (await scene.takeAll(queue)).map(({ body }) => body as unknown);

  it.each<[string, AllowReplyTo | undefined, string[], string[]]>([
    ['by default', undefined, ['for theirs'], []],
    ['where it is allowed', true, ['for theirs'], []],
    ['where it is not allowed', false, [], ['for theirs']],
    ['where its name is allowed', ['THEIRS', 'x'], ['for theirs'], []],
    ['where other names are allowed', ['others'], [], ['for theirs']],
    ['where a function allows it', (name) => name.startsWith('their'), ['for theirs'], []],
    ['where a function says something else', () => 1 as never, [], ['for theirs']],
    [
      'where a function fails',
      () => {
        throw new Error('x');
      },
      [],
      ['for theirs'],
    ],
  ])('%s', async (_where, allowReplyTo, theirs, out) => {
    await scene.startWork((payload) => payload, { replyTo: 'out', allowReplyTo });
    await scene.send(
      'work',
      { body: 'for theirs', replyTo: 'theirs' },
      { body: 'for out', replyTo: 'Out' },
      { body: 'for nobody' },
    );
    await until(() => scene.left('work') === 0);
    expect(await sent('theirs')).toEqual(theirs);
    expect((await sent('out')).sort()).toEqual(['for nobody', 'for out', ...out].sort());
  });

  it('that is not allowed is told of once', async () => {
    const warn = jest.spyOn(Logger.prototype, 'warn').mockReturnValue();
    try {
      await scene.startWork((payload) => payload, { allowReplyTo: false });
      await scene.send('work', { body: 1, replyTo: 'theirs' }, { body: 2, replyTo: 'others' });
      await until(() => scene.left('work') === 0);
      expect(warn.mock.calls.flat()).toEqual([
        expect.stringMatching(/theirs for one: their results go nowhere$/),
      ]);
      expect(scene.left('theirs')).toBe(0);
    } finally {
      warn.mockRestore();
    }
  });

  it('that is not allowed gets no errors either', async () => {
    await scene.startWork(
      () => {
        throw new DeadLetterException('Bad');
      },
      { allowReplyTo: ['others'] },
    );
    const applicationProperties = { 'request-id': 'r' };
    await scene.send('work', { body: 1, replyTo: 'theirs', applicationProperties });
    await scene.take(DEAD);
    expect(scene.left('theirs')).toBe(0);
  });

  it('that leads nowhere costs one run, and many of them hold up nobody', async () => {
    const handler = jest.fn((payload: unknown) => payload);
    await scene.startWork(handler, { replyTo: 'out' });
    const nowhere = Array.from({ length: 300 }, (_, index) => ({ body: index, replyTo: `nowhere-${index}` }));
    await scene.send('work', ...nowhere, { body: 'good' });
    const startedAt = performance.now();
    await until(() => scene.left('out') === 1);
    expect(performance.now() - startedAt).toBeLessThan(10_000);
    await until(() => scene.left(DEAD) === 300);
    const [dead] = await scene.take(DEAD);
    expect(dead?.deadLetterReason).toBe('ReplyToUnreachable');
    expect(handler).toHaveBeenCalledTimes(301);
  });
});

describe('a request to an event handler', () => {
  const scene = serviceBusScene({ entities: { queues: ['work', 'out', 'replies', 'theirs'] } });

  async function start(allowReplyTo: AllowReplyTo): Promise<void> {
    const app = await scene.startApp({
      controllers: [EventController],
      imports: [ServiceBusModule.forFeature({ pattern: 'work', replyTo: 'out', allowReplyTo })],
    });
    await app.receiving();
  }

  async function answer(
    data: unknown,
    options: Partial<ServiceBusClientProxyOptions> = {},
  ): Promise<unknown> {
    const { connectionString } = scene.emulator;
    const client = new ServiceBusClientProxy({ connectionString, replyQueue: 'replies', ...options });
    try {
      return await lastValueFrom(client.send('work', data).pipe(toArray())).catch((error: unknown) => error);
    } finally {
      await client.close();
    }
  }

  it('ends without a value, or with the error', async () => {
    await start(true);
    expect(await answer('good')).toEqual([]);
    expect(await answer('bad')).toMatchObject({ error: { reason: 'Bad' } });
    expect(scene.left('out')).toBe(0);
  });

  it('is not answered where replyTo is not allowed; a message that is no request never is', async () => {
    await start(false);
    expect(await answer('good', { requestTimeoutMs: 500 })).toBeInstanceOf(RequestTimeoutError);
    await scene.send('work', { body: 'bad', replyTo: 'theirs' }, { body: 'good', replyTo: 'theirs' });
    await scene.take(DEAD);
    await until(() => scene.left('work') === 0);
    expect(scene.left('theirs') + scene.left('out') + scene.left('replies')).toBe(0);
  });
});

import { describe, expect, it, jest } from '@jest/globals';
import { Controller, Logger } from '@nestjs/common';
import { EventPattern, Payload } from '@nestjs/microservices';
import { lastValueFrom, toArray } from 'rxjs';

import {
  type AllowReplyTo,
  DeadLetterException,
  RequestTimeoutError,
  ServiceBusClientProxy,
  type ServiceBusClientProxyOptions,
  ServiceBusModule,
} from '../src/index.js';
import { type ServiceBusTestbed } from '../src/testing.js';
import { useTestbeds } from './support/work-testbed.js';

@Controller()
class EventController {
  @EventPattern('work')
  on(@Payload() payload: unknown): unknown {
    if (payload === 'bad') throw new DeadLetterException('Bad');
    return 'never sent';
  }
}

describe("a message's own replyTo", () => {
  const { openWork } = useTestbeds();
  const others = { entities: { queues: ['theirs', 'others'] } };

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
    const bus = await openWork((payload) => payload, { replyTo: 'out', allowReplyTo }, others);
    await bus.sendMessage('work', { body: 'for theirs', replyTo: 'theirs' });
    await bus.sendMessage('work', { body: 'for out', replyTo: 'Out' });
    await bus.sendMessage('work', { body: 'for nobody' });
    await bus.settled();
    const sentTo = (to: string): unknown[] => bus.sent.all({ to }).map(({ body }) => body);
    expect(sentTo('theirs')).toEqual(theirs);
    expect(sentTo('out').sort()).toEqual(['for nobody', 'for out', ...out].sort());
    expect(bus.completed).toHaveLength(3);
  });

  it('that is not allowed is told of once', async () => {
    const warn = jest.spyOn(Logger.prototype, 'warn').mockReturnValue();
    try {
      const bus = await openWork((payload) => payload, { allowReplyTo: false }, others);
      await bus.sendMessage('work', { body: 1, replyTo: 'theirs' });
      await bus.sendMessage('work', { body: 2, replyTo: 'others' });
      await bus.settled();
      expect(bus.completed).toHaveLength(2);
      expect(warn.mock.calls.flat()).toEqual([
        expect.stringMatching(/theirs for one: their results go nowhere$/),
      ]);
      expect(bus.sent).toEqual([]);
    } finally {
      warn.mockRestore();
    }
  });

  it('that is not allowed gets no errors either', async () => {
    const handler = (): never => {
      throw new DeadLetterException('Bad');
    };
    const bus = await openWork(handler, { allowReplyTo: ['others'] }, others);
    const applicationProperties = { 'request-id': 'r' };
    await bus.sendMessage('work', { body: 1, replyTo: 'theirs', applicationProperties });
    await bus.settled();
    expect(bus.deadLettered).toHaveLength(1);
    expect(bus.sent).toEqual([]);
  });

  it('that leads nowhere costs one run, and many of them hold up nobody', async () => {
    const handler = jest.fn((payload: unknown) => payload);
    const bus = await openWork(handler, { replyTo: 'out' });
    const nowhere = Array.from({ length: 300 }, (_, index) => ({ body: index, replyTo: `nowhere-${index}` }));
    await Promise.all([...nowhere, { body: 'good' }].map((message) => bus.sendMessage('work', message)));
    // The clock stands still: nobody waits for a time.
    await bus.settled();
    expect(bus.sent).toMatchObject([{ to: 'out', body: 'good' }]);
    expect(bus.deadLettered.all({ reason: 'ReplyToUnreachable', attempt: 1 })).toHaveLength(300);
    expect(handler).toHaveBeenCalledTimes(301);
  });
});

describe('a request to an event handler', () => {
  const { open } = useTestbeds();

  function start(allowReplyTo: AllowReplyTo): Promise<ServiceBusTestbed> {
    return open({
      controllers: [EventController],
      imports: [ServiceBusModule.forFeature({ pattern: 'work', replyTo: 'out', allowReplyTo })],
      entities: { queues: ['replies', 'theirs'] },
    });
  }

  async function answer(
    { emulator: { connectionString } }: ServiceBusTestbed,
    data: unknown,
    options: Partial<ServiceBusClientProxyOptions> = {},
  ): Promise<unknown> {
    const client = new ServiceBusClientProxy({ connectionString, replyQueue: 'replies', ...options });
    try {
      return await lastValueFrom(client.send('work', data).pipe(toArray())).catch((error: unknown) => error);
    } finally {
      await client.close();
    }
  }

  it('ends without a value, or with the error', async () => {
    const bus = await start(true);
    expect(await answer(bus, 'good')).toEqual([]);
    expect(await answer(bus, 'bad')).toMatchObject({ error: { reason: 'Bad' } });
    await bus.settled();
    bus.sent.none({ to: 'out' });
  });

  it('is not answered where replyTo is not allowed; a message that is no request never is', async () => {
    const bus = await start(false);
    expect(await answer(bus, 'good', { requestTimeoutMs: 500 })).toBeInstanceOf(RequestTimeoutError);
    await bus.sendMessage('work', { body: 'bad', replyTo: 'theirs' });
    await bus.sendMessage('work', { body: 'good', replyTo: 'theirs' });
    await bus.settled();
    expect([bus.completed.length, bus.deadLettered.length]).toEqual([2, 1]);
    // The request alone was sent, by the client.
    expect(bus.sent).toMatchObject([{ to: 'work' }]);
  });
});

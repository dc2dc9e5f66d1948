import { describe, expect, it, jest } from '@jest/globals';
import {
  ArgumentsHost,
  Catch,
  Controller,
  ForbiddenException,
  type RpcExceptionFilter,
  Scope,
  UseFilters,
  UseGuards,
} from '@nestjs/common';
import { Ctx, EventPattern, MessagePattern, Payload, RpcException } from '@nestjs/microservices';
import { IsInt, Max, Min } from 'class-validator';
import { of, throwError } from 'rxjs';

import { until } from '../../../test/support/until.js';
import {
  DeadLetterException,
  DeferException,
  RetryException,
  type ServiceBusContext,
  ServiceBusModule,
} from '../src/index.js';
import { serviceBusScene } from './support/service-bus-scene.js';

const DEAD = 'work/$DeadLetterQueue';
const quickly = { maxAttempts: 3, delayMs: 20, maxDelayMs: 40 };

class OutOfStockError extends Error {
  override readonly name = 'OutOfStockError';
}

class RatingDto {
  @IsInt()
  @Min(1)
  @Max(5)
  rating!: number;
}

describe('a failing handler', () => {
  const scene = serviceBusScene({ entities: { queues: ['work', 'out'] } });

  it('is retried after a backoff, with the attempt in the context, and its result is sent once', async () => {
    const attempts: number[] = [];
    const handler = (_payload: unknown, context: ServiceBusContext): string => {
      attempts.push(context.attempt);
      if (context.attempt < 3) throw new Error('not yet');
      return 'done';
    };
    await scene.startWork(handler, { replyTo: 'out', retry: quickly });
    await scene.send('work', { body: 1, messageId: 'm1' });
    await until(() => scene.left('work') === 0);
    const replies = await scene.takeAll('out');
    expect(replies.map(({ body }) => body as unknown)).toEqual(['done']);
    expect(attempts).toEqual([1, 2, 3]);
  });

  it('waits before the next attempt without blocking other messages', async () => {
    const seen: unknown[] = [];
    const handler = (payload: unknown): void => {
      seen.push(payload);
      if (payload === 'bad') throw new Error('bad');
    };
    // Full jitter may wait no time at all, so set the delay with a RetryException.
    const retrying = (payload: unknown): void => {
      try {
        handler(payload);
      } catch {
        throw new RetryException({ delayMs: 300 });
      }
    };
    await scene.startWork(retrying, { maxConcurrentCalls: 1, retry: { maxAttempts: 2 } });
    const startedAt = Date.now();
    await scene.send('work', { body: 'bad' }, { body: 'a' }, { body: 'b' }, { body: 'c' });
    await until(() => seen.length === 5);
    expect(seen).toEqual(['bad', 'a', 'b', 'c', 'bad']);
    expect(Date.now() - startedAt).toBeGreaterThanOrEqual(295);
  });

  it('is dead-lettered after its last attempt, with cause, origin, and the unchanged message', async () => {
    const handler = jest.fn(() => {
      throw new OutOfStockError('no bolts left');
    });
    await scene.startWork(handler, { retry: quickly });
    const applicationProperties = { tenant: 'blue', count: 7 };
    await scene.send('work', { body: { bolts: 12 }, messageId: 'm1', subject: 's', applicationProperties });
    const [dead] = await scene.take(DEAD);
    expect(handler).toHaveBeenCalledTimes(3);
    expect(dead).toMatchObject({
      body: { bolts: 12 },
      messageId: 'm1',
      subject: 's',
      deadLetterReason: 'OutOfStockError',
    });
    expect(dead?.deadLetterErrorDescription).toContain('no bolts left');
    expect(dead?.deadLetterErrorDescription).toContain('failing-handler.spec');
    expect(dead?.applicationProperties).toMatchObject({
      ...applicationProperties,
      'dead-letter-handler': 'WorkController.work',
      'dead-letter-attempt': 3,
    });
    expect(dead?.applicationProperties?.['dead-letter-host']).toEqual(expect.any(String));
    expect(dead?.applicationProperties?.['dead-letter-stack']).toContain('no bolts left');
    expect(scene.left('work')).toBe(0);
  });

  it.each([
    ['throws', () => Promise.reject(new OutOfStockError('x'))],
    ['returns an Observable that fails', () => throwError(() => new OutOfStockError('x'))],
  ])('that %s keeps the cause for the dead letter', async (_how, handler) => {
    await scene.startWork(handler, { retry: { maxAttempts: 1 } });
    await scene.send('work', { body: 1 });
    const [dead] = await scene.take(DEAD);
    expect(dead?.deadLetterReason).toBe('OutOfStockError');
  });

  it('is dead-lettered also when its message has hardly any room for more properties', async () => {
    await scene.startWork(
      () => {
        throw new OutOfStockError('no bolts');
      },
      { retry: { ...quickly, maxAttempts: 2 } },
    );
    const applicationProperties = { one: 'x'.repeat(31_500), two: 'x'.repeat(31_500) };
    await scene.send('work', { body: 1, applicationProperties });
    await until(() => scene.left(DEAD) === 1);
    const [dead] = await scene.take(DEAD);
    expect(dead?.deadLetterReason).toBe('OutOfStockError');
    expect(dead?.applicationProperties).toMatchObject({ ...applicationProperties, 'dead-letter-attempt': 2 });
    expect(scene.left('work')).toBe(0);
  });

  it('can dead-letter at once, with reason and description', async () => {
    const handler = jest.fn(() => {
      throw new DeadLetterException('AccountClosed', 'account 7 was closed in May');
    });
    await scene.startWork(handler);
    await scene.send('work', { body: 1 });
    const [dead] = await scene.take(DEAD);
    expect(handler).toHaveBeenCalledTimes(1);
    expect(dead?.deadLetterReason).toBe('AccountClosed');
    expect(dead?.deadLetterErrorDescription).toBe('account 7 was closed in May');
  });

  it('can defer', async () => {
    await scene.startWork(() => {
      throw new DeferException();
    });
    await scene.send('work', { body: 1 });
    await until(() => scene.emulator.entity('work').counts.deferred === 1);
  });

  it('reports an RpcException by its own name', async () => {
    await scene.startWork(
      () => {
        throw new RpcException('no credit');
      },
      { retry: { maxAttempts: 1 } },
    );
    await scene.send('work', { body: 1 });
    const [dead] = await scene.take(DEAD);
    expect(dead?.deadLetterReason).toBe('RpcException');
    expect(dead?.deadLetterErrorDescription).toContain('no credit');
  });

  it('is not completed while its reply is refused: it runs again until the reply is accepted', async () => {
    const handler = jest.fn(() => 'done');
    await scene.startWork(handler, { replyTo: 'out', retry: quickly });
    scene.emulator.faults.refuseSends(2, 'amqp:not-allowed', 'out');
    await scene.send('work', { body: 1, messageId: 'm1' });
    const [reply] = await scene.take('out');
    expect(reply?.messageId).toBe('m1:work');
    expect(handler).toHaveBeenCalledTimes(3);
    await until(() => scene.left('work') === 0);
    expect(scene.left(DEAD)).toBe(0);
  });

  it('counts deliveries that ended silently as attempts', async () => {
    const attempts: number[] = [];
    const receiver = scene.client.createReceiver('work');
    await scene.send('work', { body: 1 });
    for (let round = 0; round < 2; round++) {
      const [message] = await receiver.receiveMessages(1);
      if (message) await receiver.abandonMessage(message);
    }
    await receiver.close();
    const handler = (_payload: unknown, context: ServiceBusContext): void => {
      attempts.push(context.attempt);
      throw new Error('bad');
    };
    await scene.startWork(handler, { retry: { ...quickly, maxAttempts: 4 } });
    await scene.take(DEAD);
    expect(attempts).toEqual([3, 4]);
  });
});

describe('a message that no attempt could save', () => {
  const scene = serviceBusScene({ entities: { queues: ['work', 'out'] } });

  it('that fails validation is dead-lettered at once, naming the fields', async () => {
    const handler = jest.fn();
    @Controller()
    class RatingController {
      @MessagePattern('work')
      rate(@Payload() rating: RatingDto): void {
        handler(rating);
      }
    }
    const app = await scene.startApp({ controllers: [RatingController] });
    await app.receiving();
    await scene.send('work', { body: { rating: 9 } });
    const [dead] = await scene.take(DEAD);
    expect(dead?.deadLetterReason).toBe('ValidationFailed');
    expect(dead?.deadLetterErrorDescription).toBe('rating must not be greater than 5');
    expect(handler).not.toHaveBeenCalled();
    await scene.send('work', { body: { rating: 5 } });
    await until(() => handler.mock.calls.length === 1);
    expect(handler).toHaveBeenCalledWith(expect.any(RatingDto));
  });

  it('whose body does not match its content type is dead-lettered at once', async () => {
    const handler = jest.fn();
    await scene.startWork(handler);
    const bodies: [Buffer, string][] = [
      [Buffer.from('{"a":'), 'application/json'],
      [Buffer.from([0xff, 0xfe]), 'text/plain'],
      [Buffer.from('{"__proto__":{"isAdmin":true}}'), 'application/json'],
      [Buffer.from('['.repeat(100_000)), 'application/json'],
    ];
    await scene.send('work', ...bodies.map(([body, contentType]) => ({ body, contentType })));
    const dead = await scene.take(DEAD, 4);
    expect(dead.map(({ deadLetterReason }) => deadLetterReason)).toEqual(Array(4).fill('UndecodableMessage'));
    expect(dead.map(({ deadLetterErrorDescription }) => deadLetterErrorDescription)).toEqual([
      expect.stringContaining('not valid JSON'),
      expect.stringContaining('not valid UTF-8'),
      expect.stringContaining('__proto__'),
      expect.stringContaining('nested'),
    ]);
    expect(handler).not.toHaveBeenCalled();
  });

  it('that no handler takes is dead-lettered at once, naming its subject and the known ones', async () => {
    @Controller()
    class OneController {
      @EventPattern({ binding: 'work', subject: 'known' })
      on(): void {
        // Nothing to do.
      }
    }
    const app = await scene.startApp({ controllers: [OneController] });
    await app.receiving();
    await scene.send('work', { body: 1, subject: 'unknown' });
    const [dead] = await scene.take(DEAD);
    expect(dead?.deadLetterReason).toBe('NoHandler');
    expect(dead?.deadLetterErrorDescription).toContain('"known"');
    expect(dead?.deadLetterErrorDescription).toContain('"unknown"');
  });
});

describe('enhancers of a handler', () => {
  const scene = serviceBusScene({ entities: { queues: ['work', 'out'] } });

  it('a guard that refuses is an error with its own name', async () => {
    const refuse = {
      canActivate: (): boolean => {
        throw new ForbiddenException('not you');
      },
    };
    @Controller()
    class GuardedController {
      @MessagePattern('work')
      @UseGuards(refuse)
      work(): string {
        return 'never';
      }
    }
    const app = await scene.startApp({
      controllers: [GuardedController],
      imports: [ServiceBusModule.forFeature({ pattern: 'work', retry: { maxAttempts: 1 } })],
    });
    await app.receiving();
    await scene.send('work', { body: 1 });
    const [dead] = await scene.take(DEAD);
    expect(dead?.deadLetterReason).toBe('ForbiddenException');
  });

  it("the application's filters come first: they may turn an error into a result", async () => {
    @Catch(OutOfStockError)
    class OutOfStockFilter implements RpcExceptionFilter {
      catch(error: OutOfStockError, _host: ArgumentsHost): ReturnType<RpcExceptionFilter['catch']> {
        return of({ failed: error.message });
      }
    }
    @Controller()
    class FilteredController {
      @MessagePattern('work')
      @UseFilters(OutOfStockFilter)
      work(): string {
        throw new OutOfStockError('no bolts');
      }
    }
    const app = await scene.startApp({
      controllers: [FilteredController],
      imports: [ServiceBusModule.forFeature({ pattern: 'work', replyTo: 'out' })],
    });
    await app.receiving();
    await scene.send('work', { body: 1 });
    const [reply] = await scene.take('out');
    expect(reply?.body).toEqual({ failed: 'no bolts' });
  });

  it('a request-scoped controller is created for each message, and its errors keep their cause', async () => {
    let made = 0;
    @Controller({ scope: Scope.REQUEST })
    class ScopedController {
      constructor() {
        made++;
      }

      @MessagePattern('work')
      work(@Payload() payload: unknown, @Ctx() context: ServiceBusContext): string {
        if (payload === 'bad') throw new OutOfStockError('bad');
        return `${context.pattern} from ${context.entityPath}`;
      }
    }
    const app = await scene.startApp({
      controllers: [ScopedController],
      imports: [ServiceBusModule.forFeature({ pattern: 'work', replyTo: 'out', retry: { maxAttempts: 1 } })],
    });
    await app.receiving();
    await scene.send('work', { body: 'good' }, { body: 'bad' });
    const [reply] = await scene.take('out');
    const [dead] = await scene.take(DEAD);
    expect(reply?.body).toBe('work from work');
    expect(dead?.deadLetterReason).toBe('OutOfStockError');
    expect(made).toBe(2);
  });

  it("Nest's processing hooks run around each message, even if a hook returns nothing", async () => {
    const events: string[] = [];
    @Controller()
    class HookedController {
      @MessagePattern('work')
      async work(): Promise<string> {
        events.push('handler begins');
        await new Promise((resolve) => setTimeout(resolve, 20));
        events.push('handler ends');
        return 'done';
      }
    }
    const app = await scene.startApp({
      controllers: [HookedController],
      imports: [ServiceBusModule.forFeature({ pattern: 'work', replyTo: 'out' })],
      beforeStart: (server) => {
        server.setOnProcessingStartHook((_transport, _context, done) => {
          events.push('start hook');
          void done();
        });
        server.setOnProcessingEndHook(() => events.push('end hook'));
      },
    });
    await app.receiving();
    await scene.send('work', { body: 1 });
    const [reply] = await scene.take('out');
    expect(reply?.body).toBe('done');
    expect(events).toEqual(['start hook', 'handler begins', 'handler ends', 'end hook']);
  });
});

import { ServiceBusClient } from '@azure/service-bus';
import { describe, expect, it, jest } from '@jest/globals';
import {
  ArgumentsHost,
  Catch,
  Controller,
  ForbiddenException,
  type RpcExceptionFilter,
  Scope,
  type Type,
  UseFilters,
  UseGuards,
} from '@nestjs/common';
import { Ctx, EventPattern, MessagePattern, Payload, RpcException } from '@nestjs/microservices';
import { IsInt, Max, Min } from 'class-validator';
import { type InspectedMessage } from 'service-bus-emulator';
import { of, throwError } from 'rxjs';

import {
  type BindingOptions,
  DeadLetterException,
  DeferException,
  RetryException,
  ServiceBusBindings,
  type ServiceBusContext,
  ServiceBusModule,
  ServiceBusServer,
} from '../src/index.js';
import { type ServiceBusTestbed } from '../src/testing.js';
import { useTestbeds } from './support/work-testbed.js';

const MINUTE_MS = 60_000;
const retry = { maxAttempts: 3, delayMs: 1_000 };

class OutOfStockError extends Error {
  override readonly name = 'OutOfStockError';
}

class RatingDto {
  @IsInt()
  @Min(1)
  @Max(5)
  rating!: number;
}

/** What is stored as dead: the only one. */
function deadLetter(bus: ServiceBusTestbed): InspectedMessage | undefined {
  const dead = bus.entity('work/$DeadLetterQueue').messages();
  expect(dead).toHaveLength(1);
  expect(bus.entity('work').messageCount).toBe(0);
  return dead[0];
}

async function abandonTwice({ emulator }: ServiceBusTestbed): Promise<void> {
  const client = new ServiceBusClient(emulator.connectionString);
  const receiver = client.createReceiver('work');
  for (let round = 0; round < 2; round++) {
    const [message] = await receiver.receiveMessages(1);
    if (message) await receiver.abandonMessage(message);
  }
  await client.close();
}

describe('a failing handler', () => {
  const { openWork } = useTestbeds();

  it('is retried after a backoff, with the attempt in the context, and its result is sent once', async () => {
    const attempts: number[] = [];
    const handler = (_payload: unknown, context: ServiceBusContext): string => {
      attempts.push(context.attempt);
      if (context.attempt < 3) throw new Error('not yet');
      return 'done';
    };
    const bus = await openWork(handler, { replyTo: 'out', retry });
    await bus.sendMessage('work', { body: 1, messageId: 'm1' });
    await bus.clock.advance(MINUTE_MS);
    expect(bus.retried).toMatchObject([{ delayMs: 1_000 }, { delayMs: 2_000 }]);
    expect(bus.sent).toMatchObject([{ to: 'out', body: 'done', messageId: 'm1:work' }]);
    expect(bus.completed).toMatchObject([{ messageId: 'm1', attempt: 3 }]);
    expect(attempts).toEqual([1, 2, 3]);
  });

  it('waits before the next attempt without blocking other messages', async () => {
    const seen: unknown[] = [];
    const handler = (payload: unknown, { attempt }: ServiceBusContext): void => {
      seen.push(payload);
      if (payload === 'bad' && attempt === 1) throw new RetryException({ delayMs: 300 });
    };
    const bus = await openWork(handler, { maxConcurrentCalls: 1, retry: { maxAttempts: 2 } });
    for (const body of ['bad', 'a', 'b', 'c']) await bus.send('work', body);
    await bus.clock.advance(299);
    expect(seen).toEqual(['bad', 'a', 'b', 'c']);
    await bus.clock.advance(1);
    expect(seen).toEqual(['bad', 'a', 'b', 'c', 'bad']);
  });

  it('is dead-lettered after its last attempt, with cause, origin, and the unchanged message', async () => {
    const handler = jest.fn(() => {
      throw new OutOfStockError('no bolts left');
    });
    const bus = await openWork(handler, { retry });
    const applicationProperties = { tenant: 'blue', count: 7 };
    const message = { body: { bolts: 12 }, messageId: 'm1', subject: 's', applicationProperties };
    await bus.sendMessage('work', message);
    await bus.clock.advance(MINUTE_MS);
    expect(handler).toHaveBeenCalledTimes(3);
    const { reason, description } = bus.deadLettered.one({ attempt: 3, body: { bolts: 12 } });
    expect(reason).toBe('OutOfStockError');
    expect(description).toContain('no bolts left');
    expect(description).toContain('failing-handler.spec');
    const dead = deadLetter(bus);
    const property = (name: string): unknown => dead?.applicationProperty(name);
    expect(dead).toMatchObject({ body: { bolts: 12 }, messageId: 'm1', subject: 's' });
    expect([property('tenant'), property('count')]).toEqual(['blue', 7]);
    expect(property('DeadLetterReason')).toBe('OutOfStockError');
    expect(property('DeadLetterErrorDescription')).toBe(description);
    expect(property('dead-letter-handler')).toBe('WorkController.work');
    expect(property('dead-letter-attempt')).toBe(3);
    expect(property('dead-letter-host')).toEqual(expect.any(String));
    expect(property('dead-letter-stack')).toContain('no bolts left');
  });

  it.each([
    ['throws', () => Promise.reject(new OutOfStockError('x'))],
    ['returns an Observable that fails', () => throwError(() => new OutOfStockError('x'))],
  ])('that %s keeps the cause for the dead letter', async (_how, handler) => {
    const bus = await openWork(handler, { retry: { maxAttempts: 1 } });
    await bus.send('work', 1);
    await bus.settled();
    expect(bus.deadLettered).toMatchObject([{ reason: 'OutOfStockError' }]);
  });

  it('is dead-lettered also when its message has hardly any room for more properties', async () => {
    const handler = (): never => {
      throw new OutOfStockError('no bolts');
    };
    const bus = await openWork(handler, { retry: { ...retry, maxAttempts: 2 } });
    const applicationProperties = { one: 'x'.repeat(31_500), two: 'x'.repeat(31_500) };
    await bus.sendMessage('work', { body: 1, applicationProperties });
    await bus.clock.advance(MINUTE_MS);
    expect(bus.deadLettered).toMatchObject([{ reason: 'OutOfStockError', attempt: 2 }]);
    const dead = deadLetter(bus);
    expect(dead?.applicationProperty('DeadLetterReason')).toBe('OutOfStockError');
    expect(dead?.applicationProperty('dead-letter-attempt')).toBe(2);
    expect(dead?.applicationProperty('one')).toBe(applicationProperties.one);
    expect(dead?.applicationProperty('two')).toBe(applicationProperties.two);
  });

  it('can dead-letter at once, with reason and description', async () => {
    const handler = jest.fn(() => {
      throw new DeadLetterException('AccountClosed', 'account 7 was closed in May');
    });
    const bus = await openWork(handler);
    await bus.send('work', 1);
    await bus.settled();
    expect(handler).toHaveBeenCalledTimes(1);
    const dead = deadLetter(bus);
    expect(dead?.applicationProperty('DeadLetterReason')).toBe('AccountClosed');
    expect(dead?.applicationProperty('DeadLetterErrorDescription')).toBe('account 7 was closed in May');
  });

  it('can defer', async () => {
    const bus = await openWork(() => Promise.reject(new DeferException()));
    await bus.send('work', 1);
    await bus.settled();
    expect(bus.deferred).toHaveLength(1);
    expect(bus.entity('work').counts.deferred).toBe(1);
  });

  it('reports an RpcException by its own name', async () => {
    const bus = await openWork(() => Promise.reject(new RpcException('no credit')), {
      retry: { maxAttempts: 1 },
    });
    await bus.send('work', 1);
    await bus.settled();
    const { reason, description } = bus.deadLettered.one();
    expect(reason).toBe('RpcException');
    expect(description).toContain('no credit');
  });

  it('is not completed while its reply is refused: it runs again until the reply is accepted', async () => {
    const handler = jest.fn(() => 'done');
    const bus = await openWork(handler, { replyTo: 'out', retry });
    bus.faults.refuseSends(2, 'amqp:not-allowed', 'out');
    await bus.sendMessage('work', { body: 1, messageId: 'm1' });
    await bus.settled();
    expect(bus.sent).toEqual([]);
    expect(bus.entity('work').messageCount).toBe(1);
    await bus.clock.advance(MINUTE_MS);
    expect(handler).toHaveBeenCalledTimes(3);
    expect(bus.sent).toMatchObject([{ to: 'out', messageId: 'm1:work' }]);
    expect(bus.completed).toHaveLength(1);
    expect(bus.deadLettered).toEqual([]);
    expect(bus.entity('work').messageCount).toBe(0);
  });

  it('counts deliveries that ended silently as attempts', async () => {
    const attempts: number[] = [];
    const handler = (_payload: unknown, context: ServiceBusContext): void => {
      attempts.push(context.attempt);
      throw new Error('bad');
    };
    const bus = await openWork(handler, { paused: true, retry: { ...retry, maxAttempts: 4 } });
    await bus.send('work', 1);
    await abandonTwice(bus);
    bus.get(ServiceBusBindings).resume('work');
    await bus.clock.advance(MINUTE_MS);
    expect(attempts).toEqual([3, 4]);
    expect(bus.deadLettered).toHaveLength(1);
  });
});

describe('a message that no attempt could save', () => {
  const { open, openWork } = useTestbeds();

  it('that fails validation is dead-lettered at once, naming the fields', async () => {
    const handler = jest.fn();
    @Controller()
    class RatingController {
      @MessagePattern('work')
      rate(@Payload() rating: RatingDto): void {
        handler(rating);
      }
    }
    const bus = await open({ controllers: [RatingController] });
    await bus.send('work', { rating: 9 });
    await bus.settled();
    expect(bus.deadLettered).toMatchObject([
      { reason: 'ValidationFailed', description: 'rating must not be greater than 5', attempt: 1 },
    ]);
    expect(handler).not.toHaveBeenCalled();
    await bus.send('work', { rating: 5 });
    await bus.settled();
    expect(handler).toHaveBeenCalledTimes(1);
    expect(handler).toHaveBeenCalledWith(expect.any(RatingDto));
  });

  it.each<[Buffer, string, string]>([
    [Buffer.from('{"a":'), 'application/json', 'not valid JSON'],
    [Buffer.from([0xff, 0xfe]), 'text/plain', 'not valid UTF-8'],
    [Buffer.from('{"__proto__":{"isAdmin":true}}'), 'application/json', '__proto__'],
    [Buffer.from('['.repeat(100_000)), 'application/json', 'nested'],
  ])(
    'whose body does not match its content type is dead-lettered at once',
    async (body, contentType, why) => {
      const handler = jest.fn();
      const bus = await openWork(handler);
      await bus.sendMessage('work', { body, contentType });
      await bus.settled();
      const { reason, description } = bus.deadLettered.one({ attempt: 1 });
      expect(reason).toBe('UndecodableMessage');
      expect(description).toContain(why);
      expect(handler).not.toHaveBeenCalled();
    },
  );

  it('that no handler takes is dead-lettered at once, naming its subject and the known ones', async () => {
    @Controller()
    class OneController {
      @EventPattern({ binding: 'work', subject: 'known' })
      on(): void {
        // Nothing to do.
      }
    }
    const bus = await open({ controllers: [OneController] });
    await bus.sendMessage('work', { body: 1, subject: 'unknown' });
    await bus.settled();
    const { reason, description } = bus.deadLettered.one();
    expect(reason).toBe('NoHandler');
    expect(description).toContain('"known"');
    expect(description).toContain('"unknown"');
  });
});

describe('enhancers of a handler', () => {
  const { open } = useTestbeds();

  function start(controller: Type, binding: BindingOptions): Promise<ServiceBusTestbed> {
    return open({
      imports: [ServiceBusModule.forFeature({ pattern: 'work', ...binding })],
      controllers: [controller],
    });
  }

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
    const bus = await start(GuardedController, { retry: { maxAttempts: 1 } });
    await bus.send('work', 1);
    await bus.settled();
    expect(bus.deadLettered).toMatchObject([{ reason: 'ForbiddenException' }]);
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
    const bus = await start(FilteredController, { replyTo: 'out' });
    await bus.send('work', 1);
    await bus.settled();
    expect(bus.sent).toMatchObject([{ to: 'out', body: { failed: 'no bolts' } }]);
    expect(bus.completed).toHaveLength(1);
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
    const bus = await start(ScopedController, { replyTo: 'out', retry: { maxAttempts: 1 } });
    await bus.send('work', 'good');
    await bus.send('work', 'bad');
    await bus.settled();
    expect(bus.sent).toMatchObject([{ to: 'out', body: 'work from work' }]);
    expect(bus.deadLettered).toMatchObject([{ reason: 'OutOfStockError' }]);
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
    const bus = await open({
      imports: [ServiceBusModule.forFeature({ pattern: 'work', replyTo: 'out' })],
      controllers: [HookedController],
      configure: (app) => {
        const server = app.get(ServiceBusServer, { strict: false });
        server.setOnProcessingStartHook((_transport, _context, done) => {
          events.push('start hook');
          void done();
        });
        server.setOnProcessingEndHook(() => events.push('end hook'));
      },
    });
    await bus.send('work', 1);
    await bus.settled();
    expect(bus.sent).toMatchObject([{ to: 'out', body: 'done' }]);
    expect(events).toEqual(['start hook', 'handler begins', 'handler ends', 'end hook']);
  });
});

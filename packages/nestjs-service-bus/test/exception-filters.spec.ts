import { describe, expect, it, jest } from '@jest/globals';
import {
  Catch,
  Controller,
  Inject,
  type RpcExceptionFilter,
  UseFilters,
  UsePipes,
  ValidationPipe,
} from '@nestjs/common';
import { Ctx, MessagePattern, Payload, RpcException } from '@nestjs/microservices';
import { IsInt } from 'class-validator';
import { lastValueFrom, throwError } from 'rxjs';

import {
  type BindingOptions,
  DeadLetterException,
  ParseBatchPipe,
  type ServiceBusBatchContext,
  ServiceBusClientProxy,
  type ServiceBusContext,
  ServiceBusModule,
} from '../src/index.js';
import { serviceBusScene } from './support/service-bus-scene.js';
import { WORK_HANDLER, type WorkHandler } from './support/work-controller.js';

const DEAD = 'work/$DeadLetterQueue';

class Order {
  @IsInt()
  id!: number;
}

/** The filter of Nest's documentation. */
@Catch(RpcException)
class UnwrappingFilter implements RpcExceptionFilter<RpcException> {
  catch(exception: RpcException): ReturnType<RpcExceptionFilter['catch']> {
    return throwError(() => exception.getError());
  }
}

/** Gives the same for everything, as many applications do. */
@Catch()
class HidingFilter implements RpcExceptionFilter {
  catch(): ReturnType<RpcExceptionFilter['catch']> {
    return throwError(() => ({ code: 'E42' }));
  }
}

@Catch(TypeError)
class DeadLetteringFilter implements RpcExceptionFilter {
  catch(error: TypeError): ReturnType<RpcExceptionFilter['catch']> {
    return throwError(() => new DeadLetterException('Misfit', error.message));
  }
}

@Controller()
@UseFilters(UnwrappingFilter)
class UnwrappedController {
  constructor(@Inject(WORK_HANDLER) private readonly handler: WorkHandler) {}

  @MessagePattern('work')
  @UsePipes(
    new ValidationPipe({ expectedType: Order, exceptionFactory: (errors) => new RpcException(errors) }),
  )
  work(@Payload() order: unknown, @Ctx() context: ServiceBusContext): unknown {
    return this.handler(order, context);
  }
}

@Controller()
@UseFilters(HidingFilter, DeadLetteringFilter)
class HiddenController {
  constructor(@Inject(WORK_HANDLER) private readonly handler: WorkHandler) {}

  @MessagePattern('work')
  work(@Payload() order: unknown, @Ctx() context: ServiceBusContext): unknown {
    return this.handler(order, context);
  }
}

@Controller()
@UseFilters(HidingFilter)
class HiddenBatchController {
  static readonly calls: unknown[][] = [];

  @MessagePattern('work')
  work(@Payload(new ParseBatchPipe(Order)) orders: Order[], @Ctx() context: ServiceBusBatchContext): void {
    HiddenBatchController.calls.push(orders.map(({ id }) => id));
    if (context.messages[0]?.attempt === 1 && orders[0]?.id === 7) throw new TypeError('seven');
  }
}

describe('an exception filter of the application', () => {
  const scene = serviceBusScene({
    entities: { queues: [{ name: 'work', maxDeliveryCount: 50 }, 'replies'] },
  });

  async function start(
    controller: new (handler: WorkHandler) => object,
    handler: WorkHandler,
    binding: BindingOptions = {},
  ): Promise<void> {
    const app = await scene.startApp({
      controllers: [controller],
      providers: [{ provide: WORK_HANDLER, useValue: handler }],
      imports: [
        ServiceBusModule.forFeature({ pattern: 'work', retry: { maxAttempts: 2, delayMs: 1 }, ...binding }),
      ],
    });
    await app.receiving();
  }

  async function failure(data: unknown): Promise<unknown> {
    const { connectionString } = scene.emulator;
    const client = new ServiceBusClientProxy({ connectionString, replyQueue: 'replies' });
    try {
      return await lastValueFrom(client.send('work', data)).catch((error: unknown) => error);
    } finally {
      await client.close();
    }
  }

  it('tells the requester what it gives, as over other transports', async () => {
    await start(UnwrappedController, () => {
      throw new RpcException({ code: 401, message: 'Invalid credentials.' });
    });
    const error = (await failure({ id: 1 })) as RpcException;
    expect(error.getError()).toEqual({ code: 401, message: 'Invalid credentials.' });
    const [dead] = await scene.take(DEAD);
    expect(dead?.deadLetterReason).toBe('RpcException');
    expect(dead?.deadLetterErrorDescription).toContain('Invalid credentials.');
  });

  it('does not hide what a validation has found', async () => {
    await start(UnwrappedController, () => undefined);
    await scene.send('work', { body: { id: 'x' } });
    const [dead] = await scene.take(DEAD);
    expect(dead).toMatchObject({
      deadLetterReason: 'ValidationFailed',
      deadLetterErrorDescription: 'id: id must be an integer number',
      applicationProperties: { 'dead-letter-attempt': 1 },
    });
  });

  it('that hides everything hides neither the reason nor what the handler asked for', async () => {
    const handler = jest.fn((payload: unknown) => {
      if (payload === 'refuse') throw new DeadLetterException('Refused');
      throw new SyntaxError('hidden');
    });
    await start(HiddenController, handler, {
      retry: { maxAttempts: 5, delayMs: 1, exceptions: [{ type: SyntaxError, maxAttempts: 3 }] },
    });
    expect(((await failure('x')) as RpcException).getError()).toEqual({ code: 'E42' });
    expect(handler).toHaveBeenCalledTimes(3);
    await scene.send('work', { body: 'refuse' });
    const dead = await scene.take(DEAD, 2);
    expect(dead.map(({ deadLetterReason }) => deadLetterReason)).toEqual(['SyntaxError', 'Refused']);
  });

  it('may decide what becomes of a message', async () => {
    await start(HiddenController, () => {
      throw new TypeError('too wide');
    });
    await scene.send('work', { body: 1 });
    const [dead] = await scene.take(DEAD);
    expect(dead).toMatchObject({ deadLetterReason: 'Misfit', deadLetterErrorDescription: 'too wide' });
  });

  it('does not keep a batch from being told apart', async () => {
    await start(HiddenBatchController, () => undefined, { batch: { maxMessages: 3, maxWaitMs: 500 } });
    await scene.send('work', { body: { id: 7 } }, { body: { id: 'x' } }, { body: { id: 8 } });
    const [dead] = await scene.take(DEAD);
    expect(dead).toMatchObject({ body: { id: 'x' }, deadLetterReason: 'ValidationFailed' });
    expect(HiddenBatchController.calls[0]).toEqual([7, 8]);
  });
});

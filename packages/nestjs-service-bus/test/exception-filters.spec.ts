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

import { until } from '../../../test/support/until.js';
import {
  type BindingOptions,
  DeadLetterException,
  ParseBatchPipe,
  type ServiceBusBatchContext,
  ServiceBusClientProxy,
  type ServiceBusContext,
} from '../src/index.js';
import { type ServiceBusTestbed } from '../src/testing.js';
import { WORK_HANDLER, type WorkHandler } from './support/work-controller.js';
import { useTestbeds } from './support/work-testbed.js';

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
  const { openWork } = useTestbeds();

  function start(
    controller: new (handler: WorkHandler) => object,
    handler: WorkHandler,
    binding: BindingOptions = {},
  ): Promise<ServiceBusTestbed> {
    const retry = { maxAttempts: 2, delayMs: 1 };
    const entities = { queues: ['replies'] };
    return openWork(handler, { retry, ...binding }, { controllers: [controller], entities });
  }

  async function failure(bus: ServiceBusTestbed, data: unknown): Promise<unknown> {
    const { connectionString } = bus.emulator;
    const client = new ServiceBusClientProxy({ connectionString, replyQueue: 'replies' });
    try {
      const error = lastValueFrom(client.send('work', data)).catch((reason: unknown) => reason);
      await until(() => bus.retried.length > 0);
      await bus.clock.advance(1_000);
      return await error;
    } finally {
      await client.close();
    }
  }

  it('tells the requester what it gives, as over other transports', async () => {
    const bus = await start(UnwrappedController, () => {
      throw new RpcException({ code: 401, message: 'Invalid credentials.' });
    });
    const error = (await failure(bus, { id: 1 })) as RpcException;
    expect(error.getError()).toEqual({ code: 401, message: 'Invalid credentials.' });
    expect(bus.deadLettered.one({ reason: 'RpcException' }).description).toContain('Invalid credentials.');
  });

  it('does not hide what a validation has found', async () => {
    const bus = await start(UnwrappedController, () => undefined);
    await bus.send('work', { id: 'x' });
    await bus.settled();
    expect(bus.deadLettered).toMatchObject([
      { reason: 'ValidationFailed', description: 'id: id must be an integer number', attempt: 1 },
    ]);
  });

  it('that hides everything hides neither the reason nor what the handler asked for', async () => {
    const handler = jest.fn((payload: unknown) => {
      if (payload === 'refuse') throw new DeadLetterException('Refused');
      throw new SyntaxError('hidden');
    });
    const bus = await start(HiddenController, handler, {
      retry: { maxAttempts: 5, delayMs: 1, exceptions: [{ type: SyntaxError, maxAttempts: 3 }] },
    });
    expect(((await failure(bus, 'x')) as RpcException).getError()).toEqual({ code: 'E42' });
    expect(handler).toHaveBeenCalledTimes(3);
    await bus.send('work', 'refuse');
    await bus.settled();
    expect(bus.deadLettered).toMatchObject([{ reason: 'SyntaxError' }, { reason: 'Refused' }]);
  });

  it('may decide what becomes of a message', async () => {
    const bus = await start(HiddenController, () => {
      throw new TypeError('too wide');
    });
    await bus.send('work', 1);
    await bus.settled();
    expect(bus.deadLettered).toMatchObject([{ reason: 'Misfit', description: 'too wide' }]);
  });

  it('does not keep a batch from being told apart', async () => {
    const bus = await start(HiddenBatchController, () => undefined, {
      batch: { maxMessages: 3, maxWaitMs: 500 },
    });
    for (const id of [7, 'x', 8]) await bus.send('work', { id });
    await bus.settled();
    expect(bus.deadLettered).toMatchObject([{ body: { id: 'x' }, reason: 'ValidationFailed' }]);
    expect(HiddenBatchController.calls[0]).toEqual([7, 8]);
  });
});

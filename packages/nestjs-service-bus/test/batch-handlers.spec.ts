import { setTimeout as delay } from 'node:timers/promises';

import { describe, expect, it } from '@jest/globals';
import { Controller, ParseArrayPipe } from '@nestjs/common';
import { Ctx, EventPattern, MessagePattern, Payload } from '@nestjs/microservices';
import { IsInt, Min } from 'class-validator';
import { from } from 'rxjs';

import { until } from '../../../test/support/until.js';
import {
  BatchException,
  type BindingOptions,
  DeadLetterException,
  DrainedError,
  LockLostError,
  ParseBatchPipe,
  RetryException,
  ServiceBusBatchContext,
  ServiceBusModule,
  type ServiceBusModuleOptions,
} from '../src/index.js';
import { BATCH_HANDLER, BatchController, type BatchHandler } from './support/batch-controller.js';
import { type Scene, serviceBusScene } from './support/service-bus-scene.js';
import { type ServiceBusApp } from './support/start-service-bus-app.js';

const DEAD = 'work/$DeadLetterQueue';
const numbered = (count: number): { body: number; messageId: string }[] =>
  Array.from({ length: count }, (_, body) => ({ body, messageId: `m${body}` }));
const quick = { delayMs: 0 };

/** Starts an application that handles the pattern `work` in batches of up to 10, or as `binding` says. */
async function startBatches(
  scene: Scene,
  handler: BatchHandler,
  binding: BindingOptions = {},
  options: Partial<ServiceBusModuleOptions> = {},
): Promise<ServiceBusApp> {
  const app = await scene.startApp({
    controllers: [BatchController],
    providers: [{ provide: BATCH_HANDLER, useValue: handler }],
    imports: [ServiceBusModule.forFeature({ pattern: 'work', batch: { maxMessages: 10 }, ...binding })],
    options,
  });
  await app.receiving();
  return app;
}

describe('a batch', () => {
  const scene = serviceBusScene({ entities: { queues: ['work', 'out'] } });

  it('is one call for all available messages, up to its limit, in their order; all are completed', async () => {
    const calls: unknown[][] = [];
    const contexts: ServiceBusBatchContext[] = [];
    const handler: BatchHandler = (payloads, context) => {
      calls.push(payloads);
      contexts.push(context);
    };
    await scene.send('work', ...numbered(120));
    await startBatches(scene, handler, { batch: { maxMessages: 50, maxWaitMs: 300 } });
    await until(() => scene.left('work') === 0);
    expect(calls.flat()).toEqual(numbered(120).map(({ body }) => body));
    expect(Math.max(...calls.map(({ length }) => length))).toBe(50);
    expect(calls.length).toBeLessThanOrEqual(6);
    expect(contexts[0]).toBeInstanceOf(ServiceBusBatchContext);
    expect(contexts[0]).toMatchObject({ pattern: 'work', entityPath: 'work' });
    const [first] = contexts[0]?.messages ?? [];
    expect({ body: first?.message.body as unknown, attempt: first?.attempt }).toEqual({
      body: 0,
      attempt: 1,
    });
    expect(scene.left(DEAD)).toBe(0);
  });

  it('waits for more messages no longer than maxWaitMs', async () => {
    const calls: { payloads: unknown[]; atMs: number }[] = [];
    const handler: BatchHandler = (payloads) => {
      calls.push({ payloads, atMs: performance.now() });
    };
    await startBatches(scene, handler, { batch: { maxMessages: 10, maxWaitMs: 300 } });
    const sentAtMs = performance.now();
    await scene.send('work', { body: 1 }, { body: 2 });
    await until(() => scene.left('work') === 0);
    expect(calls.map(({ payloads }) => payloads)).toEqual([[1, 2]]);
    expect((calls[0]?.atMs ?? 0) - sentAtMs).toBeGreaterThanOrEqual(300);
  });

  it('counts as one call for maxConcurrentCalls; messages that arrive meanwhile form the next one', async () => {
    const calls: unknown[][] = [];
    let end = (): void => undefined;
    const handler: BatchHandler = async (payloads) => {
      calls.push(payloads);
      await new Promise<void>((resolve) => (end = resolve));
    };
    await startBatches(scene, handler, {
      maxConcurrentCalls: 1,
      batch: { maxMessages: 200, maxWaitMs: 10 },
    });
    await scene.send('work', { body: 'first' });
    await until(() => calls.length === 1);
    await scene.send('work', { body: 1 });
    // Longer than a batch waits: the second call is due, but has no slot.
    await delay(100);
    await scene.send('work', { body: 2 });
    await until(() => scene.emulator.entity('work').lockedCount === 3);
    expect(calls).toEqual([['first']]);
    end();
    await until(() => calls.length === 2);
    end();
    await until(() => scene.left('work') === 0);
    expect(calls).toEqual([['first'], [1, 2]]);
  });

  it('gives each message the result at its position, or no reply if that is undefined', async () => {
    const handler: BatchHandler = (payloads) =>
      payloads.map((payload) => (payload === 1 ? undefined : { twice: Number(payload) * 2 }));
    await startBatches(scene, handler, { replyTo: 'out' });
    await scene.send('work', ...numbered(3));
    await until(() => scene.left('work') === 0);
    const replies = await scene.takeAll('out');
    expect(replies.map(({ body, correlationId }) => ({ correlationId, body: body as unknown }))).toEqual([
      { correlationId: 'm0', body: { twice: 0 } },
      { correlationId: 'm2', body: { twice: 4 } },
    ]);
  });

  it('may return an Observable of the results', async () => {
    await startBatches(scene, (payloads) => from([payloads]), { replyTo: 'out' });
    await scene.send('work', ...numbered(3));
    const replies = await scene.take('out', 3);
    expect(replies.map(({ body }) => body as unknown)).toEqual([0, 1, 2]);
  });

  it.each([
    ['too few results', () => ['only one']],
    ['something that is no array', () => ({ length: 3 })],
  ] as const)('fails with %s: nothing is sent', async (_what, result) => {
    await startBatches(scene, result, { replyTo: 'out', retry: { maxAttempts: 1 } });
    await scene.send('work', ...numbered(3));
    const dead = await scene.take(DEAD, 3);
    expect(dead.map(({ deadLetterReason }) => deadLetterReason)).toEqual(
      Array<string>(3).fill('BatchResultError'),
    );
    expect(dead[0]?.deadLetterErrorDescription).toContain('must return an array of 3 results');
    expect(scene.left('out')).toBe(0);
  });

  it('that fails is retried message by message, by the same rules, and finally dead-lettered', async () => {
    const attempts = new Map<unknown, number[]>();
    const handler: BatchHandler = (payloads, { messages }) => {
      payloads.forEach((payload, index) =>
        attempts.set(payload, [...(attempts.get(payload) ?? []), messages[index]?.attempt ?? 0]),
      );
      throw new Error('the database is away');
    };
    await startBatches(scene, handler, { retry: { ...quick, maxAttempts: 3 } });
    await scene.send('work', ...numbered(4));
    const dead = await scene.take(DEAD, 4);
    expect(dead).toHaveLength(4);
    expect(dead[0]).toMatchObject({
      deadLetterReason: 'Error',
      applicationProperties: { 'dead-letter-handler': 'BatchController.work', 'dead-letter-attempt': 3 },
    });
    expect([...attempts.values()]).toEqual(Array<number[]>(4).fill([1, 2, 3]));
  });

  it('is not spoilt by one bad message: undecodable ones do not reach the handler', async () => {
    const handled: unknown[] = [];
    await startBatches(scene, (payloads) => void handled.push(...payloads));
    await scene.send(
      'work',
      { body: 1 },
      { body: Buffer.from('{'), contentType: 'application/json' },
      { body: 2 },
    );
    const [dead] = await scene.take(DEAD);
    expect(dead?.deadLetterReason).toBe('UndecodableMessage');
    await until(() => scene.left('work') === 0);
    expect(handled).toEqual([1, 2]);
  });
});

describe('settlement inside a batch', () => {
  const scene = serviceBusScene({ entities: { queues: ['work', 'out'] } });

  it('by the handler counts even if it throws afterwards: only the other messages are retried', async () => {
    const calls: unknown[][] = [];
    const handler: BatchHandler = async (payloads, { messages }) => {
      calls.push(payloads);
      if (calls.length > 1) return;
      await messages[0]?.complete();
      await messages[1]?.deadLetter('Mine', 'by hand');
      await messages[2]?.defer();
      throw new Error('after three of five');
    };
    await startBatches(scene, handler, { retry: quick });
    await scene.send('work', ...numbered(5));
    await until(() => scene.emulator.entity('work').counts.active === 0);
    expect(calls.slice(1).flat()).toEqual([3, 4]);
    expect(scene.emulator.entity('work').counts.deferred).toBe(1);
    const dead = await scene.takeAll(DEAD);
    expect(dead.map(({ deadLetterReason }) => deadLetterReason)).toEqual(['Mine']);
  });

  it('is per message if the handler names those that failed', async () => {
    const calls: unknown[][] = [];
    const handler: BatchHandler = (payloads, context) => {
      calls.push(payloads);
      if (calls.length === 1) {
        context.fail(1, new RetryException({ delayMs: 50 }));
        context.fail(2, new DeadLetterException('Unknown', 'nobody knows it'));
      }
      return payloads;
    };
    await startBatches(scene, handler, { replyTo: 'out' });
    await scene.send('work', ...numbered(4));
    await until(() => scene.left('work') === 0);
    expect(calls).toEqual([[0, 1, 2, 3], [1]]);
    const [dead] = await scene.take(DEAD);
    expect(dead).toMatchObject({ body: 2, deadLetterReason: 'Unknown' });
    const replies = await scene.takeAll('out');
    expect(replies.map(({ body }) => body as unknown)).toEqual([0, 3, 1]);
  });

  it('follows a BatchException for the messages it names; the others are completed', async () => {
    const calls: unknown[][] = [];
    const handler: BatchHandler = (payloads) => {
      calls.push(payloads);
      if (calls.length === 1) throw new BatchException(new Map([[1, new Error('this one')]]));
    };
    await startBatches(scene, handler, { retry: quick });
    await scene.send('work', ...numbered(3));
    await until(() => scene.left('work') === 0);
    expect(calls).toEqual([[0, 1, 2], [1]]);
    expect(scene.left(DEAD)).toBe(0);
  });

  it('rejects an index beyond the last message', async () => {
    let refused: unknown;
    const handler: BatchHandler = (_payloads, context) => {
      try {
        context.fail(1, new Error('which?'));
      } catch (error) {
        refused = error;
      }
    };
    await startBatches(scene, handler);
    await scene.send('work', { body: 1 });
    await until(() => scene.left('work') === 0);
    expect(refused).toMatchObject({
      name: 'RangeError',
      message: 'the batch has messages 0 to 0, none at 1',
    });
  });
});

class Order {
  @IsInt()
  @Min(1)
  amount!: number;
}

describe('validation of a batch', () => {
  const scene = serviceBusScene({ entities: { queues: ['work', 'out'] } });
  const calls: unknown[][] = [];
  const orders = [{ body: { amount: 1 } }, { body: { amount: 0 } }, { body: { amount: 3 } }];

  @Controller()
  class OrderController {
    @MessagePattern('work')
    take(@Payload(new ParseBatchPipe(Order)) batch: Order[]): number[] {
      calls.push(batch);
      return batch.map(({ amount }) => amount);
    }
  }

  @Controller()
  class ArrayController {
    @MessagePattern('work')
    take(@Payload(new ParseArrayPipe({ items: Order })) batch: Order[]): number[] {
      calls.push(batch);
      return batch.map(({ amount }) => amount);
    }
  }

  const start = async (controller: new () => object): Promise<void> => {
    calls.length = 0;
    const binding = { pattern: 'work', replyTo: 'out', batch: { maxMessages: 10 } };
    const app = await scene.startApp({
      controllers: [controller],
      imports: [ServiceBusModule.forFeature(binding)],
    });
    await app.receiving();
  };

  it('dead-letters only the invalid message; the handler gets the others in one call, as instances', async () => {
    await start(OrderController);
    await scene.send('work', ...orders);
    const [dead] = await scene.take(DEAD);
    expect(dead).toMatchObject({ deadLetterReason: 'ValidationFailed', body: { amount: 0 } });
    expect(dead?.deadLetterErrorDescription).toContain('amount must not be less than 1');
    await until(() => scene.left('work') === 0);
    const replies = await scene.takeAll('out');
    expect(replies.map(({ body }) => body as unknown)).toEqual([1, 3]);
    expect(calls).toEqual([[{ amount: 1 }, { amount: 3 }]]);
    expect(calls[0]?.every((order) => order instanceof Order)).toBe(true);
  });

  it('does not call the handler if no valid message is left', async () => {
    await start(OrderController);
    await scene.send('work', { body: 'no order' }, { body: null });
    expect(await scene.take(DEAD, 2)).toHaveLength(2);
    expect(calls).toEqual([]);
  });

  it('finds the invalid message when a pipe does not say which it is', async () => {
    await start(ArrayController);
    await scene.send('work', ...orders);
    const [dead] = await scene.take(DEAD);
    expect(dead).toMatchObject({ deadLetterReason: 'ValidationFailed', body: { amount: 0 } });
    await until(() => scene.left('work') === 0);
    expect(calls.flat()).toEqual([{ amount: 1 }, { amount: 3 }]);
  });
});

describe('batches of several handlers', () => {
  const scene = serviceBusScene({ entities: { queues: ['work'] } });

  it('are gathered per handler by subject; an event handler may return anything', async () => {
    const created: unknown[] = [];
    const removed: unknown[] = [];
    @Controller()
    class SubjectController {
      @EventPattern({ binding: 'work', subject: 'created' })
      create(@Payload() payloads: unknown[], @Ctx() context: ServiceBusBatchContext): string {
        created.push(context.pattern, ...payloads);
        return 'nobody wants it';
      }

      @EventPattern({ binding: 'work', subject: 'removed' })
      remove(@Payload() payloads: unknown[]): void {
        removed.push(...payloads);
      }
    }
    const app = await scene.startApp({
      controllers: [SubjectController],
      imports: [ServiceBusModule.forFeature({ pattern: 'work', batch: { maxMessages: 10, maxWaitMs: 50 } })],
    });
    await app.receiving();
    await scene.send(
      'work',
      { body: 1, subject: 'created' },
      { body: 2, subject: 'removed' },
      { body: 3, subject: 'created' },
      { body: 4, subject: 'unknown' },
    );
    const [dead] = await scene.take(DEAD);
    expect(dead?.deadLetterReason).toBe('NoHandler');
    await until(() => scene.left('work') === 0);
    expect({ created, removed }).toEqual({ created: ['work/created', 1, 3], removed: [2] });
  });
});

describe('the locks of a batch', () => {
  const scene = serviceBusScene({ entities: { queues: [{ name: 'work', lockDurationMs: 2_000 }, 'out'] } });

  it('are all renewed while the handler works', async () => {
    const counts: (number | undefined)[] = [];
    const handler: BatchHandler = async (_payloads, { messages }) => {
      counts.push(...messages.map(({ message }) => message.deliveryCount));
      await delay(4_500);
    };
    await startBatches(scene, handler);
    await scene.send('work', ...numbered(10));
    await until(() => scene.left('work') === 0);
    expect(counts).toEqual(Array<number>(10).fill(0));
  });

  it('are independent: a lost one stops neither the other messages nor the batch', async () => {
    const handled: unknown[][] = [];
    let lost: unknown;
    let isBatchAborted: boolean | undefined;
    const handler: BatchHandler = async (payloads, context) => {
      handled.push(payloads);
      if (handled.length > 1) return payloads;
      const { signal } = context;
      scene.emulator.faults.failRenewals(1, 'com.microsoft:message-lock-lost', 'work');
      await until(() => context.messages.some((message) => message.signal.aborted));
      const gone = context.messages.find((message) => message.signal.aborted);
      lost = { body: gone?.message.body as unknown, reason: gone?.signal.reason as unknown };
      isBatchAborted = signal.aborted;
      return payloads;
    };
    await startBatches(scene, handler, { replyTo: 'out' });
    await scene.send('work', ...numbered(3));
    await until(() => handled.length === 2 && scene.left('work') === 0);
    expect(isBatchAborted).toBe(false);
    const { body, reason } = lost as { body: unknown; reason: unknown };
    expect(reason).toBeInstanceOf(LockLostError);
    expect(handled).toEqual([[0, 1, 2], [body]]);
    // The output of its first delivery was suppressed; the second delivery sent it.
    const replies = await scene.takeAll('out');
    expect(replies.map((reply) => reply.body as unknown).sort()).toEqual([0, 1, 2]);
  });
});

describe('a drain with batches', () => {
  const scene = serviceBusScene({ entities: { queues: ['work', 'out'] } });

  it('lets the running call finish, and gives back waiting messages at once without counting an attempt', async () => {
    const calls: unknown[][] = [];
    const handler: BatchHandler = async (payloads) => {
      calls.push(payloads);
      await delay(300);
      return payloads;
    };
    const binding = { maxConcurrentCalls: 1, batch: { maxMessages: 3, maxWaitMs: 60_000 }, replyTo: 'out' };
    const app = await startBatches(scene, handler, binding);
    await scene.send('work', ...numbered(3));
    await until(() => calls.length === 1);
    await app.close();
    expect(scene.left('work')).toBe(0);
    expect(scene.left('out')).toBe(3);

    const next = await startBatches(scene, handler, binding);
    await scene.send('work', { body: 'alone' });
    await until(() => scene.emulator.entity('work').lockedCount === 1);
    const startedAtMs = performance.now();
    await next.close();
    expect(performance.now() - startedAtMs).toBeLessThan(3_000);
    expect(calls).toHaveLength(1);
    const [message] = scene.emulator.entity('work').messages();
    expect(message).toMatchObject({ locked: false, body: 'alone' });
    expect(message?.applicationProperty('retry-attempts')).toBe(0);
  });

  it('aborts the signal of a call that takes too long, and gives its messages back', async () => {
    let reason: unknown;
    let begun = 0;
    const handler: BatchHandler = async (_payloads, { signal }) => {
      begun++;
      await new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve()));
      reason = signal.reason;
    };
    const app = await startBatches(scene, handler, {}, { drainTimeoutMs: 100 });
    await scene.send('work', ...numbered(4));
    await until(() => begun === 1);
    await app.close();
    expect(reason).toBeInstanceOf(DrainedError);
    expect(scene.left('work')).toBe(4);
    expect(scene.emulator.entity('work').lockedCount).toBe(0);
  });
});

describe('a circuit breaker over batches', () => {
  const scene = serviceBusScene({ entities: { queues: ['work'] } });

  it('pauses a binding whose batches fail, then tries one batch, and resumes when that one succeeds', async () => {
    let isBroken = true;
    let inWork = 0;
    const tried: number[] = [];
    const state: { app?: ServiceBusApp } = {};
    const circuit = (): string | undefined => state.app?.server.health()[0]?.circuit;
    const handler: BatchHandler = async (_payloads, { messages }) => {
      inWork++;
      if (circuit() === 'half-open') tried.push(inWork);
      await new Promise((resolve) => setImmediate(resolve));
      inWork--;
      if (isBroken && messages.some(({ attempt }) => attempt === 1)) throw new Error('broken');
    };
    const app = await startBatches(scene, handler, {
      retry: { delayMs: 10, maxDelayMs: 10 },
      circuitBreaker: { minMessages: 20, pauseMs: 500 },
    });
    state.app = app;
    await scene.send('work', ...numbered(200));
    await until(() => circuit() === 'open');
    isBroken = false;
    await until(() => scene.left('work') === 0);
    // One call at a time: the first success closes the circuit, and another one may begin before it is counted.
    expect(new Set(tried)).toEqual(new Set([1]));
    expect(circuit()).toBe('closed');
    expect(scene.left(DEAD)).toBe(0);
  });
});

import { afterEach, describe, expect, it, jest } from '@jest/globals';

import { Controller } from '@nestjs/common';
import { Ctx, MessagePattern, Payload } from '@nestjs/microservices';

import {
  DeadLetterException,
  ServiceBusBatchContext,
  ServiceBusContext,
  ServiceBusMessageBuilder,
  ServiceBusModule,
} from '../src/index.js';
import {
  createServiceBusBatchContext,
  createServiceBusContext,
  ServiceBusTestbed,
  type TestContextOptions,
} from '../src/testing.js';
import { WORK_HANDLER, WorkController } from './support/work-controller.js';

@Controller()
class OrdersController {
  @MessagePattern('orders')
  async place(@Payload() order: { id: number }, @Ctx() context: ServiceBusContext): Promise<number> {
    if (order.id === 1) await context.complete();
    if (order.id === 2) await context.deadLetter('Refused', 'nobody may buy 2', { code: 7 });
    if (context.attempt > 3) throw new DeadLetterException('TooLate');
    return order.id;
  }

  placeAll(orders: { id: number }[], context: ServiceBusBatchContext): number[] {
    orders.forEach(({ id }, index) => id === 2 && context.fail(index, new Error('nobody may buy 2')));
    return orders.map(({ id }) => id);
  }
}

describe('createServiceBusContext', () => {
  const controller = new OrdersController();

  it('is what a handler takes, and sees how it settles', async () => {
    const context = createServiceBusContext();
    expect(context).toBeInstanceOf(ServiceBusContext);
    expect(await controller.place({ id: 6 }, context)).toBe(6);
    expect(context.settlement).toBeUndefined();
    await controller.place({ id: 2 }, context);
    expect(context.settlement).toEqual({
      kind: 'dead-letter',
      reason: 'Refused',
      description: 'nobody may buy 2',
      properties: { code: 7 },
    });
    await expect(controller.place({ id: 1 }, context)).rejects.toThrow('it is settled already');
    await expect(controller.place({ id: 6 }, createServiceBusContext({ attempt: 4 }))).rejects.toThrow(
      DeadLetterException,
    );
  });

  it('has the fields that it is given, and those of a message that has just arrived', () => {
    const context = createServiceBusContext({
      body: { id: 6 },
      messageId: 'm-6',
      subject: 'placed',
      attempt: 3,
      sequenceNumber: 17,
      pattern: 'orders',
      entityPath: 'events/Subscriptions/orders',
    });
    expect(context.message).toMatchObject({ body: { id: 6 }, subject: 'placed', deliveryCount: 2 });
    expect(context.message.sequenceNumber?.toNumber()).toBe(17);
    const { pattern, entityPath, attempt, messageIdentity } = context;
    expect([pattern, entityPath, attempt, messageIdentity]).toEqual([
      'orders',
      'events/Subscriptions/orders',
      3,
      'm-6',
    ]);
    expect(createServiceBusContext({ deliveryCount: 4 }).attempt).toBe(5);
    expect(context.getArgs()).toEqual([context.message, 'orders', 'events/Subscriptions/orders']);
  });

  it('loses its lock, or the grace of a shutdown, when the test says so', async () => {
    const lost = createServiceBusContext();
    const { signal } = lost;
    expect(signal.aborted).toBe(false);
    lost.loseLock();
    expect(signal.reason).toMatchObject({ name: 'LockLostError', cause: { code: 'MessageLockLost' } });
    await expect(lost.complete()).rejects.toThrow('cannot complete the message: its lock was lost');

    const late = createServiceBusContext();
    late.endGrace();
    expect(late.signal.reason).toMatchObject({ name: 'DrainedError' });
    await late.abandon();
    expect(late.settlement).toEqual({ kind: 'abandon' });
  });

  it('keeps the state of a session', async () => {
    const context = createServiceBusContext({ sessionId: 'a', sessionState: { seen: 1 } });
    expect(await context.getSessionState()).toEqual({ seen: 1 });
    await context.setSessionState({ seen: 2, at: new Date(0) });
    expect(context.sessionState).toEqual({ seen: 2, at: '1970-01-01T00:00:00.000Z' });
    context.loseLock();
    await expect(context.getSessionState()).rejects.toMatchObject({ code: 'SessionLockLost' });
    await expect(createServiceBusContext({}).getSessionState()).rejects.toThrow('is read without sessions');
  });

  it('needs no timer: it works where those are faked', async () => {
    jest.useFakeTimers();
    try {
      const context = createServiceBusContext();
      await context.defer({ until: 'noon' });
      expect(context.settlement).toEqual({ kind: 'defer', properties: { until: 'noon' } });
    } finally {
      jest.useRealTimers();
    }
  });

  it('makes a context for a batch, with one for each message', async () => {
    const orders = [{ id: 1 }, { id: 2 }];
    const context = createServiceBusBatchContext(
      orders.map((body) => ({ body })),
      { pattern: 'orders' },
    );
    expect(controller.placeAll(orders, context)).toEqual([1, 2]);
    expect([...context.failed.keys()]).toEqual([1]);
    const { signal } = context;
    context.messages[0]?.loseLock();
    await context.messages[1]?.defer();
    expect(context.messages.map(({ settlement }) => settlement?.kind)).toEqual([undefined, 'defer']);
    for (const message of context.messages) message.endGrace();
    expect([context.entityPath, signal.aborted]).toEqual(['orders', true]);
    expect(() => context.fail(2, new Error())).toThrow('the batch has messages 0 to 1, none at 2');
  });
});

type Step = (context: ServiceBusContext) => unknown;

/** What a handler can see of its context and do with it. */
const STEPS: Record<string, Step[]> = {
  complete: [(context) => context.complete(), (context) => context.defer()],
  abandon: [(context) => context.abandon()],
  defer: [(context) => context.defer({ a: 1 }), (context) => context.abandon()],
  'dead-letter': [
    (context) => context.deadLetter('A reason', 'x'.repeat(5_000), { b: 'c' }),
    (context) => context.deadLetter('Again'),
  ],
  'wrong properties': [(context) => context.defer({ a: {} as never }), (context) => context.complete()],
  'no session': [(context) => context.getSessionState(), (context) => context.setSessionState(1)],
  'what it shows': [
    ({ attempt, pattern, entityPath, messageIdentity }) => [attempt, pattern, entityPath, messageIdentity],
    ({ signal }) => [signal.aborted, typeof signal.addEventListener],
    ({ message }) => [
      message.body as unknown,
      message.state,
      message.deliveryCount,
      message.sessionId,
      message.subject,
    ],
    ({ message }) => [typeof message.lockToken, message.lockedUntilUtc instanceof Date],
    ({ message }) => [message.enqueuedTimeUtc instanceof Date, message.sequenceNumber?.toNumber()],
    (context) => context.getArgs().slice(1),
  ],
};
const SESSION_STEPS: Step[] = [
  ({ message }) => message.sessionId,
  (context) => context.getSessionState(),
  ...[{ a: [1, null] }, 'text', 0, false, new Date(0), Buffer.from([255, 1]), undefined, null].flatMap(
    (state): Step[] => [(context) => context.setSessionState(state), (context) => context.getSessionState()],
  ),
  (context) => context.complete(),
];

describe('a test context beside that of an application', () => {
  let bus: ServiceBusTestbed | undefined;

  afterEach(() => bus?.close());

  async function take(steps: readonly Step[], context: ServiceBusContext): Promise<unknown[]> {
    const seen: unknown[] = [];
    for (const step of steps) {
      try {
        seen.push(await step(context));
      } catch (error) {
        seen.push(String(error));
      }
    }
    return seen;
  }

  async function takeInApplication(
    steps: readonly Step[],
    message: TestContextOptions,
  ): Promise<{ seen: unknown; settlement: unknown }> {
    let seen: unknown;
    const { messageId, sessionId } = message;
    bus = await ServiceBusTestbed.create({
      imports: [
        ServiceBusModule.forFeature({
          pattern: 'work',
          ...(sessionId === undefined ? {} : { sessions: {} }),
        }),
      ],
      controllers: [WorkController],
      providers: [
        {
          provide: WORK_HANDLER,
          // Given back, it comes again: the first time counts.
          useValue: async (_: unknown, context: ServiceBusContext) => {
            seen ??= await take(steps, context);
          },
        },
      ],
      logger: false,
    });
    const builder = new ServiceBusMessageBuilder(message.body as unknown).setMessageId(String(messageId));
    if (sessionId !== undefined) builder.setSessionId(sessionId);
    await bus.send('work', builder.build());
    await bus.settled();
    return { seen, settlement: bus.deadLettered[0] };
  }

  it.each(Object.entries(STEPS))('does the same: %s', async (_, steps) => {
    const message = { body: { id: 6 }, messageId: 'm-6', pattern: 'work' };
    const real = await takeInApplication(steps, message);
    const context = createServiceBusContext(message);
    expect(await take(steps, context)).toEqual(real.seen);
    if (context.settlement?.kind !== 'dead-letter') return expect(real.settlement).toBeUndefined();
    const { reason, description } = context.settlement;
    expect(real.settlement).toMatchObject({ reason, description });
  });

  it('does the same: a session', async () => {
    const message = { body: 1, messageId: 'm-1', sessionId: 'a', pattern: 'work' };
    const { seen } = await takeInApplication(SESSION_STEPS, message);
    expect(await take(SESSION_STEPS, createServiceBusContext(message))).toEqual(seen);
  });
});

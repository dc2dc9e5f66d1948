import { type ServiceBusReceiver } from '@azure/service-bus';
import { describe, expect, it } from '@jest/globals';

import { until } from '../../../test/support/until.js';
import {
  CannotSettleError,
  DeadLetterException,
  DeferException,
  getReceiverToken,
  type ServiceBusContext,
  ServiceBusModule,
} from '../src/index.js';
import { serviceBusScene } from './support/service-bus-scene.js';
import { useTestbeds } from './support/work-testbed.js';

const FATES = ['complete', 'dead-letter', 'defer', 'complete', 'complete'] as const;
const mixed = Array.from({ length: 300 }, (_, index) => ({
  body: FATES[index % FATES.length],
  messageId: `${index}`,
}));

describe('settlement', () => {
  const scene = serviceBusScene({ entities: { queues: ['work', 'out'] } });
  const expectFates = async (): Promise<void> => {
    const dead = scene.emulator.entity('work/$DeadLetterQueue');
    await until(() => scene.left('work') === 60 && dead.messageCount === 60);
    expect(scene.emulator.entity('work').counts.deferred).toBe(60);
    const fate = ({ messageId }: { messageId: string }): unknown => FATES[Number(messageId) % FATES.length];
    expect(new Set(scene.emulator.entity('work').messages().map(fate))).toEqual(new Set(['defer']));
    expect(new Set(dead.messages().map(fate))).toEqual(new Set(['dead-letter']));
  };

  it('gives each of many messages that end at the same moment its own outcome', async () => {
    let arrived = 0;
    let releaseAll = (): void => undefined;
    const together = new Promise<void>((resolve) => (releaseAll = resolve));
    const handler = async (payload: unknown): Promise<void> => {
      if (++arrived === mixed.length) releaseAll();
      await together;
      if (payload === 'dead-letter') throw new DeadLetterException('Mixed');
      if (payload === 'defer') throw new DeferException();
    };
    await scene.startWork(handler, { maxConcurrentCalls: 500 });
    await scene.send('work', ...mixed);
    await expectFates();
  });

  it('gives two adjacent messages that end at the same moment their own outcomes', async () => {
    let arrived = 0;
    let releaseAll = (): void => undefined;
    const together = new Promise<void>((resolve) => (releaseAll = resolve));
    await scene.startWork(async (payload) => {
      if (++arrived === 2) releaseAll();
      await together;
      if (payload === 'dead-letter') throw new DeadLetterException('Mixed');
    });
    await scene.send('work', { body: 'complete' }, { body: 'dead-letter' });
    await until(() => scene.left('work') === 0);
    expect(await scene.takeAll('work/$DeadLetterQueue')).toHaveLength(1);
  });

  it('does the same for an injected receiver, all called in one turn', async () => {
    const app = await scene.startApp({ imports: [ServiceBusModule.forFeature({ receivers: ['work'] })] });
    const receiver = app.app.get<ServiceBusReceiver>(getReceiverToken('work'), { strict: false });
    await scene.send('work', ...mixed);
    const messages = await receiver.receiveMessages(mixed.length);
    expect(messages).toHaveLength(mixed.length);
    await Promise.all(
      messages.map((message) => {
        if (message.body === 'complete') return receiver.completeMessage(message);
        if (message.body === 'defer') return receiver.deferMessage(message);
        return receiver.deadLetterMessage(message, {
          deadLetterReason: 'Mixed',
          deadLetterErrorDescription: '',
        });
      }),
    );
    await expectFates();
  });
});

describe('settlement by hand', () => {
  const { openWork } = useTestbeds();

  it.each([
    ['complete', (context: ServiceBusContext) => context.complete()],
    ['dead-letter', (context: ServiceBusContext) => context.deadLetter('Mine', 'by hand', { by: 'hand' })],
    ['defer', (context: ServiceBusContext) => context.defer()],
  ] as const)('leaves it to a handler that settles with %s itself', async (fate, settleByHand) => {
    let second: unknown;
    const handler = async (_payload: unknown, context: ServiceBusContext): Promise<string> => {
      await settleByHand(context);
      second = await context.complete().catch((error: unknown) => error);
      return 'and still replies';
    };
    const bus = await openWork(handler, { replyTo: 'out' });
    await bus.send('work', 1);
    await bus.settled();
    expect(bus.sent).toMatchObject([{ to: 'out', body: 'and still replies' }]);
    expect(second).toBeInstanceOf(CannotSettleError);
    expect(second).toMatchObject({ operation: 'complete', state: 'settled' });
    const { deferred, active } = bus.entity('work').counts;
    expect({ deferred, active }).toEqual({ deferred: fate === 'defer' ? 1 : 0, active: 0 });
    const dead = bus.entity('work/$DeadLetterQueue').messages();
    expect(dead.map((message) => message.applicationProperty('by'))).toEqual(
      fate === 'dead-letter' ? ['hand'] : [],
    );
    expect(bus.deadLettered).toMatchObject(fate === 'dead-letter' ? [{ reason: 'Mine' }] : []);
    expect([bus.completed.length, bus.deferred.length]).toEqual([
      fate === 'complete' ? 1 : 0,
      fate === 'defer' ? 1 : 0,
    ]);
  });

  it('abandons a message for its handler, which gets it again', async () => {
    const counts: (number | undefined)[] = [];
    const abandoned: unknown[] = [];
    const bus = await openWork(async (_payload, context) => {
      counts.push(context.message.deliveryCount);
      if (counts.length > 1) return;
      abandoned.push(await context.abandon({ note: 'again' }).catch((error: unknown) => error));
    });
    await bus.send('work', 1);
    await bus.settled();
    expect(bus.entity('work').messageCount).toBe(0);
    expect(counts).toEqual([0, 1]);
    expect(abandoned).toEqual([undefined]);
  });

  it.each([
    ['an object', { bad: {} }],
    ['undefined', { bad: undefined }],
    ['a symbol', { bad: Symbol('x') }],
  ])('by hand refuses a property that is %s, and leaves the message open', async (_what, properties) => {
    const refusals: unknown[] = [];
    const bus = await openWork(async (_payload, context) => {
      await context.abandon(properties as never).catch((error: unknown) => refusals.push(error));
      await context.deadLetter(undefined as never);
    });
    await bus.send('work', 1);
    await bus.settled();
    expect(bus.deadLettered).toMatchObject([{ reason: 'DeadLettered' }]);
    expect(refusals).toEqual([
      expect.objectContaining({ message: expect.stringContaining('bad') as unknown }),
    ]);
  });
});

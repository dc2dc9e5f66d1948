import { describe, expect, it } from '@jest/globals';
import { type EntityInspection } from 'service-bus-emulator';

import {
  type BindingOptions,
  RetryException,
  ServiceBusBindings,
  type ServiceBusContext,
  ServiceBusMessageBuilder,
  ServiceBusModule,
  ServiceBusServer,
} from '../src/index.js';
import { type ServiceBusTestbed } from '../src/testing.js';
import { BATCH_HANDLER, BatchController } from './support/batch-controller.js';
import { useTestbeds } from './support/work-testbed.js';

/** One call of a handler: when, since the first one, and what for. */
interface Call {
  readonly atMs: number;
  readonly payload: unknown;
  readonly attempt: number;
  readonly deliveryCount: number | undefined;
}

describe('a binding with a rate', () => {
  const testbeds = useTestbeds();
  let bus: ServiceBusTestbed;
  let calls: Call[];

  async function open(
    binding: BindingOptions,
    handle: (call: Call) => unknown = () => undefined,
  ): Promise<void> {
    calls = [];
    let firstAtMs: number | undefined;
    const handler = (payload: unknown, { attempt, message }: ServiceBusContext): unknown => {
      firstAtMs ??= bus.clock.now;
      const { deliveryCount } = message;
      const call = { atMs: bus.clock.now - firstAtMs, payload, attempt, deliveryCount };
      calls.push(call);
      return handle(call);
    };
    bus = await testbeds.openWork(handler, binding);
  }

  async function send(...payloads: unknown[]): Promise<void> {
    for (const payload of payloads) await bus.send('work', payload);
  }

  const sessionOf = (sessionId: string, payload: unknown): unknown =>
    new ServiceBusMessageBuilder(payload).setSessionId(sessionId).build();
  const times = (): number[] => calls.map(({ atMs }) => atMs);
  const health = (): ReturnType<ServiceBusServer['health']>[number] | undefined =>
    bus.get(ServiceBusServer).health()[0];

  const left = (): Pick<EntityInspection, 'messageCount' | 'lockedCount' | 'heldSessions'> => {
    const { messageCount, lockedCount, heldSessions } = bus.entity('work');
    return { messageCount, lockedCount, heldSessions };
  };

  it('calls its handler at equal distances, and keeps what has to wait at the broker', async () => {
    await open({ rate: { perSecond: 2 } });
    await send(1, 2, 3, 4, 5, 6, 7, 8);
    await bus.settled();
    expect(calls).toHaveLength(1);
    expect(health()).toMatchObject({ state: 'receiving', rate: { perSecond: 2, nextTokenInMs: 500 } });
    // A second's worth of them is here.
    expect(bus.entity('work').lockedCount).toBeLessThanOrEqual(2);
    await bus.clock.advance(10_000);
    expect(times()).toEqual([0, 500, 1_000, 1_500, 2_000, 2_500, 3_000, 3_500]);
    expect(calls.map(({ payload }) => payload)).toEqual([1, 2, 3, 4, 5, 6, 7, 8]);
    expect(bus.completed).toHaveLength(8);
    expect(health()?.rate).toEqual({ perSecond: 2, waiting: 0, nextTokenInMs: 0 });
  });

  it('gives nothing back that only waits for its token', async () => {
    await open({ rate: { perSecond: 1 } });
    await send(1, 2, 3, 4, 5);
    await bus.clock.advance(4_000);
    expect(times()).toEqual([0, 1_000, 2_000, 3_000, 4_000]);
    expect(calls.every(({ attempt, deliveryCount }) => attempt === 1 && deliveryCount === 0)).toBe(true);
  });

  it('may be slow: messages come when their token is near', async () => {
    await open({ rate: { perSecond: 0.01 } });
    await send(1, 2, 3);
    await bus.clock.advance(98_999);
    expect([times(), bus.entity('work').lockedCount]).toEqual([[0], 0]);
    await bus.clock.advance(1);
    expect([times(), bus.entity('work').lockedCount]).toEqual([[0], 1]);
    await bus.clock.advance(1_000);
    expect([times(), bus.entity('work').lockedCount]).toEqual([[0, 100_000], 0]);
    await bus.clock.advance(100_000);
    expect(times()).toEqual([0, 100_000, 200_000]);
  });

  it('has a burst after a time with fewer messages', async () => {
    await open({ rate: { perSecond: 1, burst: 3 } });
    await send(1, 2, 3, 4, 5);
    await bus.clock.advance(2_000);
    expect(times()).toEqual([0, 0, 0, 1_000, 2_000]);
    await bus.clock.advance(60_000);
    await send(6, 7, 8, 9);
    await bus.clock.advance(1_000);
    expect(times().slice(5)).toEqual([62_000, 62_000, 62_000, 63_000]);
  });

  it('counts each attempt', async () => {
    await open({ rate: { perSecond: 1 }, retry: { delayMs: 0 } }, ({ attempt }) => {
      if (attempt < 3) throw new RetryException({ delayMs: 100 });
    });
    await send('again');
    await bus.clock.advance(5_000);
    expect(calls.map(({ atMs, attempt }) => [atMs, attempt])).toEqual([
      [0, 1],
      [1_000, 2],
      [2_000, 3],
    ]);
    expect(bus.completed).toHaveLength(1);
  });

  it('limits how many run at once as well, each in its own way', async () => {
    let release = (): void => undefined;
    const hang = (): Promise<void> => new Promise((resolve) => (release = resolve));
    await open({ rate: { perSecond: 10 }, maxConcurrentCalls: 1, prefetch: 5 }, ({ payload }) =>
      payload === 1 ? hang() : undefined,
    );
    await send(1, 2, 3);
    await expect(bus.settled({ timeoutMs: 100 })).rejects.toThrow(/handler has not ended for message/);
    await bus.clock.advance(1_000, { awaitHandlers: false });
    expect(calls).toHaveLength(1);
    release();
    await bus.settled();
    expect(times()).toEqual([0, 1_000]);
    await bus.clock.advance(100);
    expect(times()[2]).toBeLessThanOrEqual(1_100);
  });

  it('pays for a batch when it has begun', async () => {
    const sizes: { readonly atMs: number; readonly size: number }[] = [];
    let beganAtMs = 0;
    bus = await testbeds.open({
      imports: [
        ServiceBusModule.forFeature({
          pattern: 'work',
          batch: { maxMessages: 5, maxWaitMs: 5 },
          rate: { perSecond: 10 },
        }),
      ],
      controllers: [BatchController],
      providers: [
        {
          provide: BATCH_HANDLER,
          useValue: (payloads: unknown[]) =>
            void sizes.push({ atMs: bus.clock.now - beganAtMs, size: payloads.length }),
        },
      ],
    });
    beganAtMs = bus.clock.now;
    await send(...Array.from({ length: 30 }, (_, index) => index));
    await bus.settled();
    const total = (untilMs: number): number =>
      sizes.filter(({ atMs }) => atMs <= untilMs).reduce((sum, { size }) => sum + size, 0);
    expect(total(0)).toBeLessThanOrEqual(5);
    await bus.clock.advance(4_000);
    for (const { atMs } of sizes) expect(total(atMs)).toBeLessThanOrEqual(5 + atMs / 100);
    expect(total(4_000)).toBe(30);
    expect(bus.completed).toHaveLength(30);
  });

  it('holds for all of its sessions together, and keeps their order', async () => {
    await open({ rate: { perSecond: 1 }, sessions: { maxConcurrentSessions: 2 } });
    await send(...['a1', 'b1', 'a2', 'b2', 'a3'].map((payload) => sessionOf(payload.charAt(0), payload)));
    await bus.settled();
    expect(calls).toHaveLength(1);
    expect(health()).toMatchObject({ rate: { perSecond: 1, nextTokenInMs: 1_000 } });
    await bus.clock.advance(4_000);
    expect(times()).toEqual([0, 1_000, 2_000, 3_000, 4_000]);
    const payloads = calls.map(({ payload }) => String(payload));
    expect(payloads.filter((payload) => payload.startsWith('a'))).toEqual(['a1', 'a2', 'a3']);
    expect(payloads.filter((payload) => payload.startsWith('b'))).toEqual(['b1', 'b2']);
  });

  it.each<[string, BindingOptions, (index: number) => unknown]>([
    ['without sessions', { rate: { perSecond: 2 } }, (index) => index],
    ['with sessions', { rate: { perSecond: 2 }, sessions: {} }, (index) => sessionOf(`s${index}`, index)],
  ])('is paused at once while messages wait for it, %s', async (_what, binding, message) => {
    await open(binding);
    await send(...[0, 1, 2, 3].map(message));
    await bus.settled();
    expect(calls).toHaveLength(1);
    expect(health()?.rate?.waiting).toBeGreaterThan(0);
    const bindings = bus.get(ServiceBusBindings);
    await bindings.pause('work');
    await bus.settled();
    expect(left()).toEqual({ messageCount: 3, lockedCount: 0, heldSessions: [] });
    await bus.clock.advance(10_000);
    expect(calls).toHaveLength(1);
    bindings.resume('work');
    await bus.settled();
    await bus.clock.advance(2_000);
    expect(times()).toEqual([0, 10_000, 10_500, 11_000]);
    expect(new Set(calls.map(({ attempt }) => attempt))).toEqual(new Set([1]));
  });

  it.each<[string, BindingOptions, (index: number) => unknown]>([
    ['without sessions', { rate: { perSecond: 2 } }, (index) => index],
    ['with sessions', { rate: { perSecond: 2 }, sessions: {} }, (index) => sessionOf(`s${index}`, index)],
  ])('is closed at once while messages wait for it, %s', async (_what, binding, message) => {
    await open(binding);
    await send(...[0, 1, 2, 3].map(message));
    await bus.settled();
    await bus.app.close();
    expect(left()).toEqual({ messageCount: 3, lockedCount: 0, heldSessions: [] });
    expect(calls).toHaveLength(1);
  });
});

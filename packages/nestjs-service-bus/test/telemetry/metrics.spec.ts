import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';

import { DeadLetterException, RetryException, type ServiceBusRateStore } from '../../src/index.js';
import { Telemetry } from '../../src/telemetry/telemetry.js';
import { serviceBusScene } from '../support/service-bus-scene.js';
import { until } from '../../../../test/support/until.js';
import { type WorkHandler } from '../support/work-controller.js';
import { CollectedMetrics } from './collected-metrics.js';

const SHORT = { name: 'short', lockDurationMs: 1_000 };
const PROCESSED = 'messaging_process_duration_seconds_count';
const OPERATIONS = 'messaging_client_operation_duration_seconds_count';

function destinationsIn(text: string): string[] {
  const names = text.matchAll(/messaging_destination_name="([^"]*)"/g);
  return [...new Set([...names].map(([, name = '']) => name))].sort();
}

describe('the metrics of a binding', () => {
  let metrics: CollectedMetrics;
  beforeEach(() => {
    metrics = CollectedMetrics.start();
  });
  afterEach(() => metrics.close());

  const scene = serviceBusScene({
    entities: {
      queues: ['results', 'theirs', 'work', SHORT, { name: 'in-sessions', requiresSession: true }],
      topics: [{ name: 'events', subscriptions: ['audit'] }],
    },
  });
  const settled = (queue = 'work'): Promise<void> => until(() => scene.left(queue) === 0);

  it('count and time messages received, processed and sent', async () => {
    await scene.startWork(() => 'done', { replyTo: 'results' });
    await scene.send('work', ...Array.from({ length: 20 }, () => ({ body: 'x' })));
    await settled();
    await until(async () => (await metrics.value(PROCESSED)) === 20);
    expect(await metrics.value('messaging_client_consumed_messages_total')).toBe(20);
    expect(await metrics.value('messaging_client_sent_messages_total')).toBe(20);
    expect(await metrics.value('messaging_process_duration_seconds_bucket', 'le="+Inf"')).toBe(20);
    expect(Object.keys(await metrics.series('messaging_process_duration_seconds_bucket'))).toHaveLength(15);
    expect(await metrics.value('messaging_process_duration_seconds_sum')).toBeGreaterThan(0);
    const text = await metrics.text();
    const cheap = metrics.histograms.collect().metrics.map(({ descriptor }) => descriptor.name);
    expect(cheap).toEqual(['messaging.process.duration', 'messaging.client.operation.duration']);
    const labels = (operation: string, queue: string): string =>
      `{messaging_system="servicebus",messaging_operation_name="${operation}",messaging_destination_name="${queue}"}`;
    expect(text).toContain(`${OPERATIONS}${labels('complete', 'work')} 20`);
    expect(text).toContain(`${OPERATIONS}${labels('send', 'results')} `);
    expect(text).toContain('# TYPE messaging_client_consumed_messages_total counter');
  });

  it('count the destinations that only messages name together', async () => {
    await scene.startWork((payload) => payload, { replyTo: 'results', allowReplyTo: true });
    const strangers = Array.from({ length: 100 }, (_, index) => ({
      body: index,
      replyTo: `nowhere-${index}`,
    }));
    await scene.send('work', { body: 'own' }, { body: 'theirs', replyTo: 'theirs' }, ...strangers);
    await settled();
    const telemetry = await Telemetry.find();
    const transfers = Array.from({ length: 5_000 }, async (_, index) => {
      const { meter } = telemetry.foreign.forSender(`nowhere-${index}`) ?? {};
      await meter?.transfer({ body: 'x' }, () => Promise.resolve());
    });
    await Promise.all(transfers);
    const text = await metrics.text();
    expect(destinationsIn(text)).toEqual(['_OTHER', 'results', 'work']);
    expect(text.split('\n').length).toBeLessThan(400);
  });

  it('name the destinations that messages may choose', async () => {
    await scene.startWork((payload) => payload, { allowReplyTo: ['theirs'] });
    const spellings = ['theirs', 'THEIRS', 'Theirs', 'tHeirs'];
    await scene.send('work', ...spellings.map((replyTo) => ({ body: 'x', replyTo })));
    await settled();
    expect(destinationsIn(await metrics.text())).toEqual(['theirs', 'work']);
  });

  it('report failed attempts by error, retries, and dead letters by reason', async () => {
    const handler = (payload: unknown): void => {
      if (payload === 'poison') throw new DeadLetterException('Poison');
      throw new TypeError('broken');
    };
    await scene.startWork(handler, { retry: { maxAttempts: 3, delayMs: 1, maxDelayMs: 1 } });
    await scene.send('work', { body: 'x' }, { body: 'poison' });
    await settled();
    await until(
      async () =>
        (await metrics.value(PROCESSED, 'error_type="DeadLetterException"')) === 1 &&
        (await metrics.value(PROCESSED, 'error_type="TypeError"')) === 3,
    );
    expect(await metrics.series(PROCESSED)).toEqual({
      'error_type="TypeError"': 3,
      'error_type="DeadLetterException"': 1,
    });
    expect(await metrics.value('service_bus_message_retries_total')).toBe(2);
    expect(await metrics.series('service_bus_message_dead_letters_total')).toEqual({
      'reason="TypeError"': 1,
      'reason="Poison"': 1,
    });
    expect(await metrics.value('messaging_client_consumed_messages_total')).toBe(4);
  });

  it('count a dead letter that the handler asks for itself', async () => {
    await scene.startWork((_, context) => context.deadLetter('ByHand'));
    await scene.send('work', { body: 'x' });
    await settled();
    await until(
      async () => (await metrics.value('service_bus_message_dead_letters_total', 'reason="ByHand"')) === 1,
    );
  });

  it('show messages in work, messages waiting, and the age of the oldest', async () => {
    let finish: (() => void) | undefined;
    await scene.startWork(
      (payload) => {
        if (payload === 'later') throw new RetryException({ delayMs: 30_000 });
        return new Promise<void>((resolve) => (finish = resolve));
      },
      { retry: { maxHoldMs: 60_000 } },
    );
    await scene.send('work', { body: 'later' }, { body: 'now' });
    await until(async () => (await metrics.value('service_bus_messages_waiting_for_retry')) === 1);
    await until(async () => (await metrics.value('service_bus_messages_in_work')) === 1);
    await until(async () => ((await metrics.value('service_bus_messages_oldest_age_seconds')) ?? 0) > 0.05);
    expect(await metrics.value('service_bus_messages_oldest_age_seconds')).toBeLessThan(20);
    finish?.();
    await until(async () => (await metrics.value('service_bus_messages_in_work')) === 0);
  });

  it('show messages that wait for a rate, only of a binding that has one', async () => {
    let finish: (() => void) | undefined;
    const hang = (): Promise<void> => new Promise((resolve) => (finish = resolve));
    const plain = await scene.startWork(() => undefined);
    expect(await metrics.value('service_bus_rate_waiting')).toBeUndefined();
    await plain.close();
    await scene.startWork(hang, { rate: { perSecond: 100 }, maxConcurrentCalls: 1, prefetch: 10 });
    await scene.send('work', { body: 1 }, { body: 2 }, { body: 3 });
    await until(async () => (await metrics.value('service_bus_rate_waiting')) === 2);
    await until(() => {
      finish?.();
      return scene.left('work') === 0;
    });
    expect(await metrics.value('service_bus_rate_waiting')).toBe(0);
  });

  it('show a store of a rate that fails, only of a binding that has one', async () => {
    let isAway = true;
    const store: ServiceBusRateStore = {
      reserve: () => (isAway ? Promise.reject(new Error('away')) : Promise.resolve({ delayMs: 0 })),
    };
    const plain = await scene.startWork(() => undefined, { rate: { perSecond: 100 } });
    expect(await metrics.value('service_bus_rate_store_failing')).toBeUndefined();
    await plain.close();
    await scene.startWork(() => undefined, { rate: { perSecond: 100, store } });
    expect(await metrics.value('service_bus_rate_store_failing')).toBe(0);
    await scene.send('work', { body: 1 });
    await until(async () => (await metrics.value('service_bus_rate_store_failing')) === 1);
    isAway = false;
    await until(() => scene.left('work') === 0);
    expect(await metrics.value('service_bus_rate_store_failing')).toBe(0);
  });

  it('count lost locks', async () => {
    scene.emulator.faults.failRenewals(1, 'com.microsoft:message-lock-lost', 'short');
    const handler: WorkHandler = async (_, { attempt, signal }) => {
      if (attempt > 1) return;
      await new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve()));
    };
    await scene.startWork(handler, { queue: 'short' });
    expect(await metrics.value('service_bus_message_lock_losses_total')).toBe(0);
    await scene.send('short', { body: 'x' });
    await until(async () => (await metrics.value('service_bus_message_lock_losses_total')) === 1);
    await settled('short');
  });

  it('show the state of the receiver and of the circuit breaker', async () => {
    const circuitBreaker = { minMessages: 1, failureRatio: 1, pauseMs: 60_000 };
    const handler = (): void => {
      throw new Error('broken');
    };
    await scene.startWork(handler, { circuitBreaker, retry: { delayMs: 60_000, maxHoldMs: 60_000 } });
    const circuit = (state: string): Promise<number | undefined> =>
      metrics.value('service_bus_circuit_state', `state="${state}"`);
    expect(await metrics.value('service_bus_receiver_state', 'state="receiving"')).toBe(1);
    expect(await metrics.value('service_bus_receiver_state', 'state="failing"')).toBe(0);
    expect([await circuit('closed'), await circuit('open')]).toEqual([1, 0]);
    await scene.send('work', { body: 'x' });
    await until(async () => (await circuit('open')) === 1);
    expect(await circuit('closed')).toBe(0);
  });

  it('name the subscription that messages are read from', async () => {
    await scene.startWork(() => undefined, { topic: 'events', subscription: 'audit' });
    await scene.send('events', { body: 'x' });
    const subscription = 'messaging_destination_subscription_name="audit"';
    await until(async () => (await metrics.value(PROCESSED, subscription)) === 1);
  });

  it('show the sessions held', async () => {
    await scene.startWork(() => undefined, {
      queue: 'in-sessions',
      sessions: { maxConcurrentSessions: 2, idleTimeoutMs: 30_000 },
    });
    await scene.send('in-sessions', { body: 'x', sessionId: 'a' }, { body: 'y', sessionId: 'b' });
    await until(async () => (await metrics.value('service_bus_sessions_held')) === 2);
    await until(async () => (await metrics.value(PROCESSED)) === 2);
  });

  it('come from a listening server, not from a closed one', async () => {
    const consumed = 'messaging_client_consumed_messages_total';
    const app = await scene.startWork(() => undefined);
    await scene.send('work', { body: 'x' }, { body: 'y' });
    await until(async () => (await metrics.value(consumed)) === 2);
    await app.close();
    await scene.startWork(() => undefined);
    expect(await metrics.value(consumed)).toBe(0);
  });
});

describe('with metrics off', () => {
  const scene = serviceBusScene({ entities: { queues: ['work'] } });

  it('nothing is measured, and messages are processed all the same', async () => {
    await scene.startWork(() => undefined);
    await scene.send('work', { body: 'x' });
    await until(() => scene.left('work') === 0);
    const late = CollectedMetrics.start();
    expect(await late.text()).toContain('# no registered metrics');
    await late.close();
  });
});

import type * as api from '@opentelemetry/api';

import { type DelivererState } from '../deliver/deliverer-state.js';
import { type OutboxStatistics } from '../store/outbox-store.js';

const SCOPE = 'nestjs-service-bus-outbox';
/** Several readers may collect; the database is asked no more often than this. */
const ASKED_EVERY_MS = 1_000;

/** Publishes what waits and what was sent, until it is closed. */
export interface OutboxMetrics {
  close(): void;
}

interface Counting {
  statistics(): Promise<OutboxStatistics>;
}

/** Returns undefined where the process has set up no metrics. The database is asked only while metrics are collected. */
export function openMetrics(
  telemetry: typeof api | undefined,
  store: Counting,
  state: DelivererState,
): OutboxMetrics | undefined {
  const meter = telemetry?.metrics.getMeter(SCOPE);
  if (!meter) return undefined;
  const gauge = (name: string, unit: string, description: string): api.ObservableGauge =>
    meter.createObservableGauge(`service_bus.outbox.${name}`, { unit, description });
  const counter = (name: string, unit: string, description: string): api.ObservableCounter =>
    meter.createObservableCounter(`service_bus.outbox.${name}`, { unit, description });
  const waiting = gauge('waiting', '{message}', 'Messages that wait in the outbox');
  const age = gauge('oldest.age', 's', 'Time since the oldest waiting message was added');
  const aside = gauge('aside', '{message}', 'Messages set aside because the broker refuses them');
  const sent = counter('sent', '{message}', 'Messages of the outbox that the broker has accepted');
  const refused = counter(
    'refused',
    '{message}',
    'Messages of the outbox that the broker has refused for good',
  );
  const lost = counter(
    'leases_lost',
    '{lane}',
    'Lanes that others took over while messages were on their way',
  );
  const instruments = [waiting, age, aside, sent, refused, lost];
  const statistics = askedAtMostEvery(ASKED_EVERY_MS, () => store.statistics());
  const collect = async (result: api.BatchObservableResult): Promise<void> => {
    result.observe(sent, state.counts.sent);
    result.observe(refused, state.counts.refused);
    result.observe(lost, state.counts.lanesLost);
    // No figure rather than an old one: it would look like an outbox that stands still.
    const now = await statistics().catch(() => undefined);
    if (!now) return;
    result.observe(waiting, now.waiting);
    result.observe(age, now.oldestAgeMs / 1_000);
    result.observe(aside, now.refused);
  };
  meter.addBatchObservableCallback(collect, instruments);
  return { close: () => meter.removeBatchObservableCallback(collect, instruments) };
}

function askedAtMostEvery<Answer>(everyMs: number, ask: () => Promise<Answer>): () => Promise<Answer> {
  let askedAtMs = -Infinity;
  let answer: Promise<Answer> | undefined;
  return () => {
    if (!answer || performance.now() - askedAtMs >= everyMs) {
      askedAtMs = performance.now();
      answer = ask();
    }
    return answer;
  };
}

import type * as api from '@opentelemetry/api';

import { type DelivererCounts } from '../deliver/deliverer-state.js';
import { type OutboxStatistics } from '../store/outbox-store.js';

const SCOPE = 'nestjs-service-bus-outbox';
/** Several readers may collect; the database is asked no more often than this. */
const ASKED_EVERY_MS = 1_000;

/** Publishes what waits and what was sent, until it is closed. */
export interface OutboxMetrics {
  close(): void;
}

/** What one `OutboxModule` of the process tells. */
export interface OutboxFigures {
  /** The outbox' table. */
  readonly table: string;
  readonly store: { statistics(): Promise<OutboxStatistics> };
  readonly state: { readonly counts: DelivererCounts };
}

interface Instruments {
  readonly waiting: api.ObservableGauge;
  readonly age: api.ObservableGauge;
  readonly aside: api.ObservableGauge;
  readonly sent: api.ObservableCounter;
  readonly refused: api.ObservableCounter;
  readonly lost: api.ObservableCounter;
}

/** A meter has each instrument once: two modules that observe the same would overwrite each other's figures. */
const published = new WeakMap<api.Meter, PublishedOutboxes>();

/** Returns undefined where the process has set up no metrics. The database is asked only while metrics are collected. */
export function openMetrics(
  telemetry: typeof api | undefined,
  figures: OutboxFigures,
): OutboxMetrics | undefined {
  const meter = telemetry?.metrics.getMeter(SCOPE);
  if (!meter) return undefined;
  const outboxes = published.get(meter) ?? new PublishedOutboxes(meter);
  published.set(meter, outboxes);
  return outboxes.open(figures);
}

/** All outboxes of the process, each by the name of its table. */
class PublishedOutboxes {
  private readonly tables = new Map<string, PublishedTable>();
  private readonly instruments: Instruments;
  private readonly observed: api.Observable[];

  constructor(private readonly meter: api.Meter) {
    this.instruments = createInstruments(meter);
    this.observed = Object.values<api.Observable>({ ...this.instruments });
  }

  open(figures: OutboxFigures): OutboxMetrics {
    const table = this.tables.get(figures.table) ?? new PublishedTable();
    this.tables.set(figures.table, table);
    if (!this.isOpen) this.meter.addBatchObservableCallback(this.collect, this.observed);
    table.modules.add(figures);
    return {
      close: () => {
        if (!table.close(figures) || this.isOpen) return;
        this.meter.removeBatchObservableCallback(this.collect, this.observed);
      },
    };
  }

  private get isOpen(): boolean {
    return [...this.tables.values()].some(({ modules }) => modules.size > 0);
  }

  private readonly collect = async (result: api.BatchObservableResult): Promise<void> => {
    const open = [...this.tables].filter(([, { modules }]) => modules.size > 0);
    await Promise.all(open.map(([name, table]) => this.observe(result, name, table)));
  };

  private async observe(
    result: api.BatchObservableResult,
    name: string,
    table: PublishedTable,
  ): Promise<void> {
    const { waiting, age, aside, sent, refused, lost } = this.instruments;
    // [OpenTelemetry, semantic conventions for databases]
    const attributes = { 'db.collection.name': name };
    const { counts } = table;
    result.observe(sent, counts.sent, attributes);
    result.observe(refused, counts.refused, attributes);
    result.observe(lost, counts.lanesLost, attributes);
    // No figure rather than an old one: it would look like an outbox that stands still.
    const now = await table.statistics().catch(() => undefined);
    if (!now) return;
    result.observe(waiting, now.waiting, attributes);
    result.observe(age, now.oldestAgeMs / 1_000, attributes);
    result.observe(aside, now.refused, attributes);
  }
}

/** The modules of the process that work on one table: what they sent is added up, what waits is the same for all. */
class PublishedTable {
  readonly modules = new Set<OutboxFigures>();
  /** Of those that are closed: a counter never goes back. */
  private ended: DelivererCounts = { sent: 0, refused: 0, lanesLost: 0 };
  private askedAtMs = -Infinity;
  private answer: Promise<OutboxStatistics> | undefined;

  get counts(): DelivererCounts {
    return [...this.modules].reduce((total, { state }) => sum(total, state.counts), this.ended);
  }

  statistics(): Promise<OutboxStatistics> {
    if (!this.answer || performance.now() - this.askedAtMs >= ASKED_EVERY_MS) {
      const [module] = this.modules;
      this.askedAtMs = performance.now();
      this.answer = module?.store.statistics();
    }
    return this.answer ?? Promise.reject(new Error('all modules are closed'));
  }

  /** Returns false if it is closed already. */
  close(figures: OutboxFigures): boolean {
    if (!this.modules.delete(figures)) return false;
    this.ended = sum(this.ended, figures.state.counts);
    // Another's database connection may be the one that still answers.
    this.answer = undefined;
    return true;
  }
}

function sum(one: DelivererCounts, other: DelivererCounts): DelivererCounts {
  return {
    sent: one.sent + other.sent,
    refused: one.refused + other.refused,
    lanesLost: one.lanesLost + other.lanesLost,
  };
}

function createInstruments(meter: api.Meter): Instruments {
  const gauge = (name: string, unit: string, description: string): api.ObservableGauge =>
    meter.createObservableGauge(`service_bus.outbox.${name}`, { unit, description });
  const counter = (name: string, unit: string, description: string): api.ObservableCounter =>
    meter.createObservableCounter(`service_bus.outbox.${name}`, { unit, description });
  return {
    waiting: gauge('waiting', '{message}', 'Messages that wait in the outbox'),
    age: gauge('oldest.age', 's', 'Time since the oldest waiting message was added'),
    aside: gauge('aside', '{message}', 'Messages set aside because the broker refuses them'),
    sent: counter('sent', '{message}', 'Messages of the outbox that the broker has accepted'),
    refused: counter('refused', '{message}', 'Messages of the outbox that the broker has refused for good'),
    lost: counter('leases_lost', '{lane}', 'Lanes that others took over while messages were on their way'),
  };
}

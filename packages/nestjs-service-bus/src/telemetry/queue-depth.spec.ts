import { type ServiceBusAdministrationClient } from '@azure/service-bus';
import { afterEach, describe, expect, it } from '@jest/globals';
import { type DataPoint, MeterProvider, MetricReader } from '@opentelemetry/sdk-metrics';

import { QueueDepth } from './queue-depth.js';

type Client = ConstructorParameters<typeof QueueDepth>[1];

class Reader extends MetricReader {
  protected override onForceFlush(): Promise<void> {
    return Promise.resolve();
  }

  protected override onShutdown(): Promise<void> {
    return Promise.resolve();
  }

  async read(): Promise<Record<string, number>> {
    const { resourceMetrics } = await this.collect();
    const points = resourceMetrics.scopeMetrics.flatMap(({ metrics }) =>
      metrics.flatMap((one) => one.dataPoints as DataPoint<number>[]),
    );
    return Object.fromEntries(
      points.map(({ attributes, value }) => {
        const { 'messaging.destination.name': name, state } = attributes;
        return [`${String(name)} ${String(state)}`, value];
      }),
    );
  }
}

class Administration {
  questions = 0;
  error?: Error;
  active = 7;

  readonly client = {
    getQueueRuntimeProperties: () =>
      this.answer({ activeMessageCount: this.active, scheduledMessageCount: 2, deadLetterMessageCount: 1 }),
    getSubscriptionRuntimeProperties: () => this.answer({ activeMessageCount: 3, deadLetterMessageCount: 0 }),
  } as unknown as Client & ServiceBusAdministrationClient;

  private answer(counts: object): Promise<unknown> {
    this.questions++;
    return this.error ? Promise.reject(this.error) : Promise.resolve(counts);
  }
}

describe('QueueDepth', () => {
  const reader = new Reader();
  const provider = new MeterProvider({ readers: [reader] });
  const administration = new Administration();
  const lines: string[] = [];
  const logger = { log: (line: string) => lines.push(line), warn: (line: string) => lines.push(line) };
  const depths: QueueDepth[] = [];
  const watch = (intervalMs: number): QueueDepth => {
    const depth = new QueueDepth(provider.getMeter('test'), administration.client, intervalMs, logger);
    depths.push(depth);
    return depth;
  };
  const answered = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));
  afterEach(() => {
    for (const depth of depths.splice(0)) depth.close();
    lines.length = 0;
    administration.questions = 0;
    administration.error = undefined;
  });

  it('reports the previous answer, and queries no more often than it may', async () => {
    const depth = watch(60_000);
    depth.add({ entity: 'orders' });
    depth.add({ entity: 'events', subscription: 'audit' });
    expect(await reader.read()).toEqual({});
    await answered();
    for (let scrape = 0; scrape < 3; scrape++) {
      expect(await reader.read()).toEqual({
        'orders active': 7,
        'orders scheduled': 2,
        'orders dead_letter': 1,
        'events active': 3,
        'events dead_letter': 0,
      });
    }
    expect(administration.questions).toBe(2);
  });

  it('does not query while metrics are not collected', async () => {
    watch(1).add({ entity: 'orders' });
    await answered();
    expect(administration.questions).toBe(0);
  });

  it('reports no outdated count after a failed query, and logs the failure once', async () => {
    watch(-1).add({ entity: 'orders' });
    await reader.read();
    await answered();
    expect((await reader.read())['orders active']).toBe(7);
    administration.error = new Error('Unauthorized');
    for (let scrape = 0; scrape < 3; scrape++) {
      await reader.read();
      await answered();
    }
    expect((await reader.read())['orders active']).toBeNaN();
    expect(lines).toEqual(['orders: its depth is unavailable: Unauthorized']);
    administration.error = undefined;
    administration.active = 9;
    await reader.read();
    await answered();
    expect((await reader.read())['orders active']).toBe(9);
    expect(lines.slice(1)).toEqual(['orders: its depth is available again']);
  });
});

import { metrics, trace } from '@opentelemetry/api';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { Controller } from '@nestjs/common';
import { EventPattern, ServiceBusModule } from 'nestjs-service-bus';
import { MeterProvider, MetricReader } from '@opentelemetry/sdk-metrics';

import { until } from '../../../test/support/until.js';
import { RecordedSpans } from '../../nestjs-service-bus/test/telemetry/recorded-spans.js';
import { type Outbox, type OutboxMessage } from '../src/index.js';
import { outboxScene } from './support/outbox-scene.js';

class OnDemandReader extends MetricReader {
  protected onForceFlush(): Promise<void> {
    return Promise.resolve();
  }
  protected onShutdown(): Promise<void> {
    return Promise.resolve();
  }

  /** The outbox' figures by their names, without its prefix; of one table if it is named. */
  async figures(table?: string): Promise<Record<string, unknown>> {
    const { resourceMetrics } = await this.collect();
    const found = resourceMetrics.scopeMetrics.find(
      ({ scope }) => scope.name === 'nestjs-service-bus-outbox',
    );
    const figures = (found?.metrics ?? []).flatMap(({ descriptor, dataPoints }) =>
      dataPoints
        .filter(
          ({ attributes }) =>
            (table ?? attributes['db.collection.name']) === attributes['db.collection.name'],
        )
        .map(({ value }) => [descriptor.name.replace('service_bus.outbox.', ''), value] as const),
    );
    return Object.fromEntries(figures);
  }
}

@Controller()
class OrdersController {
  @EventPattern('orders')
  handle(): void {
    // The span around it is what counts.
  }
}

describe('the telemetry of the outbox', () => {
  let spans: RecordedSpans;
  let reader: OnDemandReader;
  beforeEach(() => {
    spans = RecordedSpans.start();
    reader = new OnDemandReader();
    metrics.disable();
    metrics.setGlobalMeterProvider(new MeterProvider({ readers: [reader] }));
  });
  afterEach(() => spans.close());

  const scene = outboxScene({ entities: { queues: ['orders', 'out'] } });

  it('joins the trace of who adds a message with that of who handles it, whoever sends it', async () => {
    const { outbox } = await scene.start({ options: { delivers: false } });
    await trace.getTracer('test').startActiveSpan('place an order', async (span) => {
      await scene.transaction((transaction) => outbox.add(transaction, { to: 'orders', payload: 1 }));
      span.end();
    });
    await scene.start({
      imports: [ServiceBusModule.forFeature({ pattern: 'orders' })],
      controllers: [OrdersController],
    });
    await until(() => spans.named('process orders').length > 0);
    const [placed] = spans.named('place an order');
    const [sent] = spans.named('send orders');
    const [processed] = spans.named('process orders');
    const ids = [placed, sent, processed].map((span) => span?.spanContext());
    expect(new Set(ids.map((id) => id?.traceId)).size).toBe(1);
    expect(sent?.parentSpanContext?.spanId).toBe(ids[0]?.spanId);
    expect(processed?.parentSpanContext?.spanId).toBe(ids[1]?.spanId);
  });

  it('tells how much waits, for how long, what was sent, and what is set aside', async () => {
    const adding = await scene.start({ options: { delivers: false } });
    await scene.transaction((transaction) =>
      adding.outbox.addAll(transaction, [
        { to: 'missing', payload: 1 },
        { to: 'out', payload: 2 },
        { to: 'out', payload: 'x'.repeat(300_000) },
      ]),
    );
    const before = await reader.figures();
    expect(before).toMatchObject({ waiting: 3, aside: 0, sent: 0, refused: 0, leases_lost: 0 });
    expect(before['oldest.age']).toBeGreaterThan(0);
    await adding.close();
    const { outbox } = await scene.start();
    await until(async () => {
      const { waiting, refused } = await outbox.statistics();
      return waiting === 1 && refused === 1;
    });
    expect(await reader.figures()).toMatchObject({ waiting: 1, aside: 1, sent: 1, refused: 1 });
  });

  it('counts the modules of a process on one table together, and those on another one apart', async () => {
    const place = ({ outbox }: { outbox: Outbox }, ...messages: OutboxMessage[]): Promise<unknown> =>
      scene.transaction((transaction) => outbox.addAll(transaction, messages));
    const first = await scene.start();
    await place(first, { to: 'out', payload: 1 }, { to: 'out', payload: 2 });
    await scene.delivered();
    const second = await scene.start();
    await scene
      .start({ options: { prefix: 'other_', delivers: false } })
      .then((other) => place(other, { to: 'out', payload: 4 }));
    const ours = `${scene.schema}.service_bus_outbox`;
    const others = `${scene.schema}.other_outbox`;
    await until(async () => (await reader.figures(ours))['sent'] === 2);
    // Which of the two sends it makes no difference.
    await place(second, { to: 'out', payload: 3 });
    await until(async () => {
      const { sent, waiting } = await reader.figures(ours);
      return sent === 3 && waiting === 0;
    });
    expect(await reader.figures(others)).toMatchObject({ sent: 0, waiting: 1 });
    // What one has sent is not taken back when it ends.
    await first.close();
    expect(await reader.figures(ours)).toMatchObject({ sent: 3, waiting: 0 });
  });
});

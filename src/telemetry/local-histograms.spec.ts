import { type Meter } from '@opentelemetry/api';
import { MeterProvider } from '@opentelemetry/sdk-metrics';
import { describe, expect, it } from '@jest/globals';

import { LeanMeterProvider } from './lean-meter-provider.js';
import { LocalHistograms } from './local-histograms.js';
import { prometheusText } from './prometheus-text.js';
import { PullReader } from './pull-reader.js';

const OPTIONS = { unit: 's', description: 'Work', advice: { explicitBucketBoundaries: [0.1, 1, 10] } };
const VALUES = [0, 0.05, 0.1, 0.1000001, 1, 5, 10, 10.5, 1_000];

/** What a scraper sees of what somebody records. */
async function pageOf(record: (meter: Meter) => void, isLean: boolean): Promise<string> {
  const histograms = isLean ? new LocalHistograms('lean') : undefined;
  const reader = new PullReader(histograms);
  const provider = new MeterProvider({ readers: [reader] });
  const meters = histograms ? new LeanMeterProvider(provider, histograms) : provider;
  record(meters.getMeter('lean'));
  return (await prometheusText(reader)).text;
}

describe('local histograms', () => {
  it("give the page that the SDK's give", async () => {
    const record = (meter: Meter): void => {
      const histogram = meter.createHistogram('work.duration', OPTIONS);
      for (const value of VALUES) {
        histogram.record(value, { queue: 'a', operation: 'process' });
        // Of the same content, in another order.
        histogram.record(value, { operation: 'process', queue: 'a' });
        meter.createHistogram('work.duration', OPTIONS).record(value, { queue: 'b' });
      }
      histogram.record(0.5);
    };
    const page = await pageOf(record, true);
    expect(page).toBe(await pageOf(record, false));
    expect(page).toContain('work_duration_seconds_count{queue="a",operation="process"} 18');
    expect(page).toContain('work_duration_seconds_bucket{queue="b",le="0.1"} 3');
  });

  it("leave the SDK's other instruments, and other scopes, as they are", async () => {
    const histograms = new LocalHistograms('lean');
    const reader = new PullReader(histograms);
    const meters = new LeanMeterProvider(new MeterProvider({ readers: [reader] }), histograms);
    meters.getMeter('lean').createCounter('sent').add(3);
    meters
      .getMeter('lean')
      .createObservableGauge('depth')
      .addCallback((result) => result.observe(7));
    meters.getMeter('other').createHistogram('other.duration').record(1);
    const { text } = await prometheusText(reader);
    for (const line of ['sent_total 3', 'depth 7', 'other_duration_count 1']) expect(text).toContain(line);
    expect(histograms.collect().metrics).toEqual([]);
  });

  it('stay within bounds, whatever is recorded', () => {
    const histograms = new LocalHistograms('lean');
    const histogram = histograms.create('work.duration', OPTIONS);
    for (let index = 0; index < 5_000; index++) histogram.record(1, { index });
    const [metric] = histograms.collect().metrics;
    expect(metric?.dataPoints.length).toBeLessThanOrEqual(2_001);
    const counts = metric?.dataPoints.map(({ value }) => (value as { count: number }).count) ?? [];
    expect(counts.reduce((sum, count) => sum + count, 0)).toBe(5_000);
  });
});

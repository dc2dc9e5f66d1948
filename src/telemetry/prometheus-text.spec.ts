import { MeterProvider } from '@opentelemetry/sdk-metrics';
import { describe, expect, it } from '@jest/globals';

import { prometheusText } from './prometheus-text.js';
import { PullReader } from './pull-reader.js';

describe('prometheusText', () => {
  it("makes names of Prometheus': with the unit written out, and what kind it is", async () => {
    const reader = new PullReader();
    const meter = new MeterProvider({ readers: [reader] }).getMeter('test');
    meter
      .createCounter('orders.sent', { unit: '{order}', description: 'Orders' })
      .add(2, { 'shop.name': 'a"b' });
    meter.createCounter('work.time', { unit: 's' }).add(1.5);
    meter.createGauge('heap.used', { unit: 'By' }).record(7);
    meter.createGauge('loop.utilization', { unit: '1' }).record(0.5);
    meter
      .createHistogram('call.duration', { unit: 's', advice: { explicitBucketBoundaries: [1, 5] } })
      .record(2);
    const { text, errors } = await prometheusText(reader);
    expect(errors).toEqual([]);
    expect(text.split('\n').filter((line) => line !== '' && !line.startsWith('# HELP'))).toEqual([
      '# TYPE orders_sent_total counter',
      String.raw`orders_sent_total{shop_name="a\"b"} 2`,
      '# TYPE work_time_seconds_total counter',
      'work_time_seconds_total 1.5',
      '# TYPE heap_used_bytes gauge',
      'heap_used_bytes 7',
      '# TYPE loop_utilization_ratio gauge',
      'loop_utilization_ratio 0.5',
      '# TYPE call_duration_seconds histogram',
      'call_duration_seconds_count 1',
      'call_duration_seconds_sum 2',
      'call_duration_seconds_bucket{le="1"} 0',
      'call_duration_seconds_bucket{le="5"} 1',
      'call_duration_seconds_bucket{le="+Inf"} 1',
    ]);
  });

  it('tells what could not be collected, and the rest all the same', async () => {
    const reader = new PullReader();
    const meter = new MeterProvider({ readers: [reader] }).getMeter('test');
    meter.createGauge('good').record(1);
    meter.createObservableGauge('bad').addCallback(() => {
      throw new Error('broken');
    });
    const { text, errors } = await prometheusText(reader);
    expect(text).toContain('good 1');
    expect(errors).toEqual([expect.objectContaining({ message: 'broken' })]);
  });
});

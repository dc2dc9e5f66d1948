import { describe, expect, it } from '@jest/globals';

import { mergeMetrics } from './merge-metrics.js';

const page = (sent: number, seconds: number): string => `# HELP sent_total Messages sent, or { tried
# TYPE sent_total counter
sent_total{queue="a{b, c\\"d"} ${sent}
sent_total{queue="e"} 0
# HELP lag_seconds Lag
# TYPE lag_seconds histogram
lag_seconds_bucket{le="+Inf"} 3
lag_seconds_sum ${seconds}
`;

describe('mergeMetrics', () => {
  it('keeps the samples of a metric together, with their workers, under one description', () => {
    const merged = mergeMetrics(
      new Map([
        [1, page(5, 0.5)],
        [3, page(7, 1e-7)],
      ]),
    );
    expect(merged).toBe(`# HELP sent_total Messages sent, or { tried
# TYPE sent_total counter
sent_total{worker="1",queue="a{b, c\\"d"} 5
sent_total{worker="1",queue="e"} 0
sent_total{worker="3",queue="a{b, c\\"d"} 7
sent_total{worker="3",queue="e"} 0
# HELP lag_seconds Lag
# TYPE lag_seconds histogram
lag_seconds_bucket{worker="1",le="+Inf"} 3
lag_seconds_sum{worker="1"} 0.5
lag_seconds_bucket{worker="3",le="+Inf"} 3
lag_seconds_sum{worker="3"} 1e-7
`);
  });

  it('takes what only some workers have', () => {
    const merged = mergeMetrics(
      new Map([
        [1, ''],
        [2, '# TYPE up gauge\nup 1\n'],
      ]),
    );
    expect(merged).toBe('# TYPE up gauge\nup{worker="2"} 1\n');
  });

  it('is empty where there is nothing', () => {
    expect(mergeMetrics(new Map())).toBe('');
  });
});

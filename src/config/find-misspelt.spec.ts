import { describe, expect, it } from '@jest/globals';

import { findMisspelt } from './find-misspelt.js';
import { APPS, variableNames } from './index.js';

const warningsFor = (...names: string[]): string[] =>
  findMisspelt(Object.fromEntries(names.map((name) => [name, 'value'])), variableNames(), APPS);

describe('findMisspelt', () => {
  it.each([
    ['COUNTER_QUEUE', 'COUNTER_IN_QUEUE'],
    ['FEEDBACK_FORM_OUT_QEUE', 'FEEDBACK_FORM_OUT_QUEUE'],
    ['SB_CONNECTION_STRING', 'SB_CONNECTION'],
    ['SERVICE_BUS_NAMESPCE', 'SERVICE_BUS_NAMESPACE'],
    ['HTTP_API_KEY', 'HTTP_API_KEYS'],
    ['HTTP_RATELIMIT', 'HTTP_RATE_LIMIT'],
    ['LOG_LEVELS', 'LOG_LEVEL'],
    ['METRICS_QUEUE_DEPTH_SECOND', 'METRICS_QUEUE_DEPTH_SECONDS'],
    ['EMULATOR_ADMINPORT', 'EMULATOR_ADMIN_PORT'],
    ['WORKERS_', 'WORKERS'],
  ])('tells %s, and what was probably meant', (name, meant) => {
    expect(warningsFor(name)).toEqual([`${name} is not known: did you mean ${meant}?`]);
  });

  it('suggests nothing where no name is near', () => {
    expect(warningsFor('RELAY_MAXIMUM_CONCURRENT_CALLS')).toEqual([
      'RELAY_MAXIMUM_CONCURRENT_CALLS is not known',
    ]);
  });

  it('tells nothing of variables that others read', () => {
    expect(
      warningsFor(
        'HTTP_PROXY',
        'HTTP_HOST',
        'LOG_DIR',
        'METRICS_PORT',
        'AZURE_CLIENT_SECRET',
        'OTEL_EXPORTER',
      ),
    ).toEqual([]);
  });

  it('tells nothing of what Kubernetes and Docker say about Services called as a feature is', () => {
    expect(
      warningsFor(
        'COUNTER_SERVICE_HOST',
        'COUNTER_SERVICE_PORT',
        'COUNTER_SERVICE_PORT_HTTP',
        'COUNTER_PORT_80_TCP',
        'COUNTER_PORT_80_TCP_ADDR',
        'EMULATOR_SERVICE_HOST',
      ),
    ).toEqual([]);
    expect(findMisspelt({ RELAY_PORT: 'tcp://10.0.0.7:80' }, variableNames(), APPS)).toEqual([]);
    expect(findMisspelt({ RELAY_PORT: '80' }, variableNames(), APPS)).toHaveLength(1);
  });

  it('never shows a value', () => {
    const lines = findMisspelt({ SB_CONNECTIONS: 'SharedAccessKey=c2VjcmV0' }, variableNames(), APPS);
    expect(lines.join()).not.toContain('c2VjcmV0');
  });
});

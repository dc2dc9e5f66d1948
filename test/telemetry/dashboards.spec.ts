import { metrics as metricsApi } from '@opentelemetry/api';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { readFile } from 'node:fs/promises';
import { parse } from 'yaml';

import { EventLoopDelay } from '../../src/telemetry/event-loop-delay.js';
import { offerProcessMetrics } from '../../src/telemetry/process-metrics.js';
import { ServiceBusModule } from '../../packages/nestjs-service-bus/src/index.js';
import { serviceBusScene } from '../../packages/nestjs-service-bus/test/support/service-bus-scene.js';
import { until } from '../support/until.js';
import {
  WORK_HANDLER,
  WorkController,
} from '../../packages/nestjs-service-bus/test/support/work-controller.js';
import { CollectedMetrics } from '../../packages/nestjs-service-bus/test/telemetry/collected-metrics.js';
import { SessionsController } from '../../packages/nestjs-service-bus/test/telemetry/sessions-controller.js';

interface Panel {
  readonly type: string;
  readonly title: string;
  readonly targets?: readonly { readonly expr: string }[];
}
interface Dashboard {
  readonly panels: readonly Panel[];
  readonly templating: { readonly list: readonly { readonly query: string | { readonly query: string } }[] };
}
interface Rules {
  readonly groups: readonly {
    readonly name: string;
    readonly rules: readonly {
      readonly alert: string;
      readonly expr: string;
      readonly labels: { readonly severity: string };
      readonly annotations: { readonly summary: string };
    }[];
  }[];
}

const deployed = (path: string): Promise<string> =>
  readFile(new URL(`../../deploy/${path}`, import.meta.url), 'utf8');

/** The metrics that a query names; labels, functions and texts are none. */
function metricsIn(query: string): string[] {
  const bare = query.replace(/"[^"]*"/g, '').replace(/\{[^}]*\}|\b(?:by|on|without|ignoring) \([^)]*\)/g, '');
  return bare.match(/\b(?:messaging|service_bus|process|nodejs|v8js)_\w+/g)?.filter(isNoLabel) ?? [];
}
const isNoLabel = (name: string): boolean => name !== 'messaging_destination_name';

describe('what is deployed to watch the service', () => {
  let metrics: CollectedMetrics;
  beforeEach(() => {
    metrics = CollectedMetrics.start();
  });
  afterEach(() => metrics.close());
  const scene = serviceBusScene({
    administrationPort: 0,
    entities: { queues: ['work', 'results', { name: 'in-sessions', requiresSession: true }] },
  });

  /** Every series that the service can export, with the names of its labels. */
  async function exported(): Promise<Map<string, Set<string>>> {
    const delay = new EventLoopDelay();
    offerProcessMetrics(metricsApi.getMeter('process'), delay);
    const app = await scene.startApp({
      controllers: [WorkController, SessionsController],
      providers: [{ provide: WORK_HANDLER, useValue: (payload: unknown) => fail(payload) }],
      imports: [
        ServiceBusModule.forFeature({
          pattern: 'work',
          replyTo: 'results',
          circuitBreaker: true,
          retry: { maxAttempts: 1 },
        }),
        ServiceBusModule.forFeature({ pattern: 'in-sessions', sessions: {} }),
      ],
      options: { queueDepthIntervalMs: 1 },
    });
    await app.receiving();
    await scene.send('work', { body: 'good' }, { body: 'bad' });
    await until(
      async () => Object.keys(await metrics.series('service_bus_message_dead_letters_total')).length > 0,
    );
    await until(async () => Object.keys(await metrics.series('service_bus_entity_messages')).length > 0);
    await until(
      async () => Object.keys(await metrics.series('messaging_client_sent_messages_total')).length > 0,
    );
    delay.close();
    return seriesOf(await metrics.text());
  }

  it('asks for nothing that is not there', async () => {
    const series = await exported();
    const dashboard = JSON.parse(await deployed('grafana/service-bus.json')) as Dashboard;
    const rules = parse(await deployed('prometheus/service-bus.rules.yaml')) as Rules;
    const queries = [
      ...dashboard.panels.flatMap(({ targets = [] }) => targets.map(({ expr }) => expr)),
      ...dashboard.templating.list.map(({ query }) => (typeof query === 'string' ? '' : query.query)),
      ...rules.groups.flatMap((group) => group.rules.map(({ expr }) => expr)),
    ];
    const names = new Set(queries.flatMap(metricsIn));
    expect(names.size).toBeGreaterThan(15);
    expect([...names].filter((name) => !series.has(name))).toEqual([]);
    const labels = new Set([...series.values()].flatMap((own) => [...own]));
    const used = new Set(queries.flatMap((query) => query.match(/\b\w+(?=!?=~?")/g) ?? []));
    expect([...used].filter((label) => !labels.has(label))).toEqual([]);
  });

  it('is whole: each panel shows something, each alert says what is wrong and how bad it is', async () => {
    const dashboard = JSON.parse(await deployed('grafana/service-bus.json')) as Dashboard;
    for (const { type, title, targets = [] } of dashboard.panels) {
      expect(title).not.toBe('');
      if (type !== 'row') expect(targets.length).toBeGreaterThan(0);
    }
    const rules = parse(await deployed('prometheus/service-bus.rules.yaml')) as Rules;
    const alerts = rules.groups.flatMap((group) => group.rules);
    expect(new Set(alerts.map(({ alert }) => alert)).size).toBe(alerts.length);
    for (const { labels, annotations, expr } of alerts) {
      expect(['warning', 'critical']).toContain(labels.severity);
      expect(annotations.summary).not.toBe('');
      expect(metricsIn(expr)).not.toEqual([]);
      for (const [open, close] of ['()', '{}', '[]']) {
        expect(expr.split(open ?? '').length).toBe(expr.split(close ?? '').length);
      }
    }
  });
});

function fail(payload: unknown): string {
  if (payload === 'bad') throw new Error('bad');
  return 'done';
}

function seriesOf(text: string): Map<string, Set<string>> {
  const series = new Map<string, Set<string>>();
  for (const line of text.split('\n')) {
    const [, name, labels = ''] = /^([a-zA-Z_]\w*)(?:\{(.*)\})? \S+$/.exec(line) ?? [];
    if (name === undefined) continue;
    const known = series.get(name) ?? new Set<string>();
    for (const [, label = ''] of labels.matchAll(/(\w+)="/g)) known.add(label);
    series.set(name, known);
  }
  return series;
}

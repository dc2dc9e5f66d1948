import { metrics as metricsApi } from '@opentelemetry/api';
import { afterEach, describe, expect, it } from '@jest/globals';

import { readConfiguration } from '../../src/config/index.js';
import { startTelemetry } from '../../src/telemetry/start-telemetry.js';
import { type RunningApp, startApp } from '../support/start-app.js';
import { until } from '../support/until.js';

const API_KEY = 'k-0123456789-abcdefghij-0123456789';
const QUEUE = 'messaging_destination_name="counter-in"';

describe('GET /metrics', () => {
  let running: RunningApp | undefined;
  const start = async (variables: Record<string, string>): Promise<string> => {
    await startTelemetry(readConfiguration(variables));
    running = await startApp({ APPS: 'counter', ...variables });
    return running.url;
  };
  afterEach(async () => {
    await running?.close();
    running = undefined;
    // The application has closed what was registered; the next one registers its own.
    metricsApi.disable();
  });
  const page = async (url: string): Promise<string> => (await fetch(`${url}/metrics`)).text();

  it('is what Prometheus reads', async () => {
    const url = await start({});
    await running?.client.createSender('counter-in').sendMessages({ body: { text: 'Hello world!' } });
    await until(async () => (await page(url)).includes('messaging_process_duration_seconds_count{'));
    const response = await fetch(`${url}/metrics`);
    expect(response.status).toBe(200);
    expect(response.headers.get('content-type')).toBe('text/plain; version=0.0.4; charset=utf-8');
    expect(response.headers.get('cache-control')).toBe('no-store');
    const text = await response.text();
    expect(text.endsWith('\n')).toBe(true);
    for (const line of text.trim().split('\n')) {
      if (line === '') continue;
      expect(line).toMatch(
        /^# (?:HELP|TYPE) [a-z_0-9]+ .+$|^[a-z_0-9]+(?:\{(?:[a-z_]+="[^"\n]*",?)+\})? (?:-?[\d.e+-]+|NaN|\+Inf)$/,
      );
    }
    expect(text).toMatch(/^process_memory_usage_bytes \d+$/m);
    expect(text).toMatch(/^process_cpu_time_seconds_total\{cpu_mode="user"\} [\d.]+$/m);
    expect(text).toMatch(/^nodejs_eventloop_delay_p99_seconds [\d.e-]+$/m);
    expect(text).not.toContain('service_bus_entity_messages');
  });

  it('shows how many messages wait, when it is told to ask', async () => {
    const url = await start({ METRICS_QUEUE_DEPTH_SECONDS: '1' });
    const depth = async (state: string): Promise<string | undefined> => {
      const line = new RegExp(`^service_bus_entity_messages\\{${QUEUE},state="${state}"\\} (\\S+)$`, 'm');
      return line.exec(await page(url))?.[1];
    };
    const scheduledEnqueueTimeUtc = new Date(Date.now() + 600_000);
    await running?.client.createSender('counter-in').sendMessages({ body: 'x', scheduledEnqueueTimeUtc });
    await until(async () => (await depth('scheduled')) === '1');
    expect(await depth('active')).toBe('0');
    expect(await depth('dead_letter')).toBe('0');
  });

  it('is for those who operate the service', async () => {
    const url = await start({ HTTP_API_KEYS: `me:operate:${API_KEY},other:send:${API_KEY}2` });
    const status = async (headers: Record<string, string>): Promise<number> =>
      (await fetch(`${url}/metrics`, { headers })).status;
    expect(await status({})).toBe(401);
    expect(await status({ 'x-api-key': `${API_KEY}2` })).toBe(403);
    expect(await status({ authorization: `Bearer ${API_KEY}` })).toBe(200);
  });

  it('is not there when metrics are switched off', async () => {
    const url = await start({ METRICS: 'off' });
    expect((await fetch(`${url}/metrics`)).status).toBe(404);
  });
});

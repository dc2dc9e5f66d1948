import { ServiceBusClient } from '@azure/service-bus';
import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';

import { ServiceProcess } from '../app/start-process.js';
import { until } from '../support/until.js';
import { OtlpReceiver } from './otlp-receiver.js';

jest.setTimeout(90_000);

const TRACE_ID = '0af7651916cd43dd8448eb211c80319c';
const SPAN_ID = 'b7ad6b7169203331';
const WAIT_MS = 20_000;

describe('the process, told by the standard variables to export', () => {
  let collector: OtlpReceiver;
  const cleanUp: (() => Promise<unknown>)[] = [];
  beforeEach(async () => {
    collector = await OtlpReceiver.start();
    cleanUp.push(() => collector.close());
  });
  afterEach(async () => {
    for (const close of cleanUp.splice(0).reverse()) await close();
  });

  async function start(variables: Readonly<Record<string, string>>): Promise<ServiceProcess> {
    const service = await ServiceProcess.start({
      APPS: 'relay',
      OTEL_EXPORTER_OTLP_PROTOCOL: 'http/json',
      ...variables,
    });
    cleanUp.push(() => service.close());
    return service;
  }

  async function takeOutput(service: ServiceProcess): Promise<Record<string, unknown>> {
    const [, connectionString = ''] = /in this process: (Endpoint=[^\s"]+)/.exec(service.output) ?? [];
    const client = new ServiceBusClient(connectionString);
    cleanUp.push(() => client.close());
    const [output] = await client
      .createReceiver('relay-out', { receiveMode: 'receiveAndDelete' })
      .receiveMessages(1, { maxWaitTimeInMs: WAIT_MS });
    return output?.applicationProperties ?? {};
  }

  it('has one trace run from POST /send through the handler to the output, and sends the rest at its end', async () => {
    const service = await start({
      OTEL_EXPORTER_OTLP_ENDPOINT: collector.url,
      OTEL_SERVICE_NAME: 'orders',
      // Longer than the test: what arrives was sent because the process ended.
      OTEL_BSP_SCHEDULE_DELAY: '60000',
    });
    const url = await service.ready();
    await until(async () => (await fetch(`${url}/health`)).status === 200, WAIT_MS);
    const headers = { traceparent: `00-${TRACE_ID}-${SPAN_ID}-01` };
    expect((await fetch(`${url}/send`, { method: 'POST', body: 'Hello!', headers })).status).toBe(200);
    const output = await takeOutput(service);
    expect((await fetch(`${url}/metrics`)).status).toBe(200);
    service.signal('SIGTERM');
    expect(await service.exit()).toBe(0);

    const chain = ['POST', 'send relay-in', 'process relay-in', 'send relay-out'];
    let parentId = SPAN_ID;
    for (const name of chain) {
      const [span] = collector.named(name);
      expect(span).toMatchObject({ name, traceId: TRACE_ID, parentSpanId: parentId });
      parentId = span?.spanId ?? '';
    }
    expect(output['traceparent']).toBe(`00-${TRACE_ID}-${parentId}-01`);
    expect(output['Diagnostic-Id']).toBe(output['traceparent']);
    expect(collector.named('complete relay-in')).toHaveLength(1);
    // Neither probes nor scrapes are traces.
    expect(collector.named('GET')).toEqual([]);
    expect(collector.services).toEqual(new Set(['orders']));
    for (const name of [
      'messaging.process.duration',
      'messaging.client.sent.messages',
      'messaging.client.consumed.messages',
      'process.memory.usage',
    ]) {
      expect(collector.metricNames).toContain(name);
    }
  });

  it('sends metrics alone where only they are asked for', async () => {
    const service = await start({
      OTEL_EXPORTER_OTLP_METRICS_ENDPOINT: `${collector.url}/v1/metrics`,
      OTEL_METRIC_EXPORT_INTERVAL: '300',
      OTEL_PROPAGATORS: 'pigeon',
      LOG_FORMAT: 'json',
    });
    const url = await service.ready();
    // What is said before the process has its log goes there, too.
    const lines = service.output.trim().split('\n');
    const objects = lines.map((line) => JSON.parse(line) as Record<string, unknown>);
    expect(objects).toContainEqual(
      expect.objectContaining({
        context: 'Telemetry',
        message: expect.stringContaining('"pigeon"') as unknown,
      }),
    );
    await until(() => collector.metricNames.has('service_bus.receiver.state'), WAIT_MS);
    // Nobody traces here: the trace goes on as it came.
    const traceparent = `00-${TRACE_ID}-${SPAN_ID}-01`;
    await fetch(`${url}/send`, { method: 'POST', body: 'Hello!', headers: { traceparent } });
    expect(await takeOutput(service)).toEqual({ traceparent, 'Diagnostic-Id': traceparent });
    expect(collector.services).toEqual(new Set(['nestjs-service-bus']));
    expect(collector.spans).toEqual([]);
  });

  it('works on, and says so once, when the collector is away', async () => {
    const url = collector.url;
    const service = await start({
      OTEL_EXPORTER_OTLP_ENDPOINT: url.replace(/\d+$/, '1'),
      OTEL_METRIC_EXPORT_INTERVAL: '200',
      OTEL_EXPORTER_OTLP_TIMEOUT: '200',
    });
    const address = await service.ready();
    await until(() => service.output.includes('[Telemetry]'), WAIT_MS);
    expect((await fetch(`${address}/send`, { method: 'POST', body: 'Hello!' })).status).toBe(200);
    await takeOutput(service);
    const startedAtMs = performance.now();
    service.signal('SIGTERM');
    expect(await service.exit()).toBe(0);
    expect(performance.now() - startedAtMs).toBeLessThan(15_000);
    expect(service.output.match(/\[Telemetry\]/g)?.length).toBeLessThanOrEqual(3);
  });

  it('works on, and says so in one line, where the SDK is not installed', async () => {
    const hook = new URL('./without-sdk.js', import.meta.url).href;
    const service = await start({
      OTEL_EXPORTER_OTLP_ENDPOINT: collector.url,
      NODE_OPTIONS: `--import=${hook}`,
    });
    const url = await service.ready();
    const [line] = service.output.split('\n').filter((text) => text.includes('[Telemetry]'));
    expect(line).toContain('the optional package @opentelemetry/sdk-node-away is not installed');
    expect(service.errors).toBe('');
    expect(await (await fetch(`${url}/metrics`)).text()).toContain('process_uptime_seconds ');
    expect((await fetch(`${url}/send`, { method: 'POST', body: 'Hello!' })).status).toBe(200);
    await takeOutput(service);
  });

  it('exports nothing when the SDK is disabled', async () => {
    const service = await start({
      OTEL_EXPORTER_OTLP_ENDPOINT: collector.url,
      OTEL_SDK_DISABLED: 'true',
      METRICS: 'off',
    });
    const url = await service.ready();
    await fetch(`${url}/send`, { method: 'POST', body: 'Hello!' });
    expect(await takeOutput(service)).toEqual({});
    expect((await fetch(`${url}/metrics`)).status).toBe(404);
    service.signal('SIGTERM');
    await service.exit();
    expect(collector.spans).toEqual([]);
    expect(collector.metricNames.size).toBe(0);
  });
});

import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import { type AddressInfo } from 'node:net';
import { gunzipSync } from 'node:zlib';

interface KeyValue {
  readonly key: string;
  readonly value: Readonly<Record<string, unknown>>;
}

/** A span as OTLP tells it in JSON. */
export interface ExportedSpan {
  readonly traceId: string;
  readonly spanId: string;
  readonly parentSpanId?: string;
  readonly name: string;
  readonly attributes?: readonly KeyValue[];
}

interface Resource {
  readonly resource?: { readonly attributes?: readonly KeyValue[] };
}
interface TraceData {
  readonly resourceSpans?: readonly (Resource & {
    readonly scopeSpans?: readonly { readonly spans?: readonly ExportedSpan[] }[];
  })[];
}
interface MetricData {
  readonly resourceMetrics?: readonly (Resource & {
    readonly scopeMetrics?: readonly { readonly metrics?: readonly { readonly name: string }[] }[];
  })[];
}

/** A collector on a free port: takes OTLP over HTTP as JSON, and keeps what it is told. */
export class OtlpReceiver {
  readonly spans: ExportedSpan[] = [];
  readonly metricNames = new Set<string>();
  readonly services = new Set<unknown>();
  private readonly server: Server;

  private constructor() {
    this.server = createServer((request, response) => {
      const chunks: Buffer[] = [];
      request.on('data', (chunk: Buffer) => chunks.push(chunk));
      request.on('end', () => {
        const bytes = Buffer.concat(chunks);
        const isGzip = request.headers['content-encoding'] === 'gzip';
        this.take(request.url ?? '', JSON.parse((isGzip ? gunzipSync(bytes) : bytes).toString()));
        response.setHeader('content-type', 'application/json').end('{}');
      });
    });
  }

  static async start(): Promise<OtlpReceiver> {
    const receiver = new OtlpReceiver();
    await once(receiver.server.listen(0, '127.0.0.1'), 'listening');
    return receiver;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  named(name: string): ExportedSpan[] {
    return this.spans.filter((span) => span.name === name);
  }

  async close(): Promise<void> {
    this.server.closeAllConnections();
    await once(this.server.close(), 'close');
  }

  private take(path: string, data: unknown): void {
    if (path === '/v1/traces') this.takeTraces(data as TraceData);
    if (path === '/v1/metrics') this.takeMetrics(data as MetricData);
  }

  private takeTraces({ resourceSpans = [] }: TraceData): void {
    for (const { resource, scopeSpans = [] } of resourceSpans) {
      this.takeResource(resource);
      for (const { spans = [] } of scopeSpans) this.spans.push(...spans);
    }
  }

  private takeMetrics({ resourceMetrics = [] }: MetricData): void {
    for (const { resource, scopeMetrics = [] } of resourceMetrics) {
      this.takeResource(resource);
      for (const { metrics = [] } of scopeMetrics) {
        for (const { name } of metrics) this.metricNames.add(name);
      }
    }
  }

  private takeResource(resource: Resource['resource']): void {
    const name = resource?.attributes?.find(({ key }) => key === 'service.name');
    this.services.add(name?.value['stringValue']);
  }
}

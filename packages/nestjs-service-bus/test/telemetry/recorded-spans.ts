import { context, metrics, propagation, trace } from '@opentelemetry/api';
import { NodeSDK, tracing } from '@opentelemetry/sdk-node';

export type Recorded = tracing.ReadableSpan;

/** Records the spans of this process as they end. */
export class RecordedSpans {
  private readonly exporter = new tracing.InMemorySpanExporter();
  private readonly sdk: NodeSDK;

  private constructor(sampler?: tracing.Sampler) {
    this.sdk = new NodeSDK({
      spanProcessors: [new tracing.SimpleSpanProcessor(this.exporter)],
      metricReaders: [],
      logRecordProcessors: [],
      autoDetectResources: false,
      ...(sampler && { sampler }),
    });
    this.sdk.start();
  }

  /** Must be called before the application starts, because that is when it looks for a tracer. */
  static start(sampler?: tracing.Sampler): RecordedSpans {
    return new RecordedSpans(sampler);
  }

  get all(): Recorded[] {
    return this.exporter.getFinishedSpans();
  }

  named(name: string): Recorded[] {
    return this.all.filter((span) => span.name === name);
  }

  async close(): Promise<void> {
    await this.sdk.shutdown();
    for (const part of [context, metrics, propagation, trace]) part.disable();
  }
}

import {
  type DynamicModule,
  Inject,
  Logger,
  Module,
  type OnApplicationShutdown,
  type OnModuleInit,
  Optional,
} from '@nestjs/common';

import { MetricsController } from './metrics.controller.js';
import { METRICS_TEXT } from './metrics-text.js';
import { type RunningTelemetry, runningTelemetry } from './running-telemetry.js';

const RUNNING = Symbol('RunningTelemetry');

/** Serves the metrics of this process, and flushes its telemetry at shutdown. */
@Module({})
export class TelemetryModule implements OnModuleInit, OnApplicationShutdown {
  constructor(@Optional() @Inject(RUNNING) private readonly running: RunningTelemetry | undefined) {}

  /** Takes over the telemetry that was started before the application was created. */
  static register(): DynamicModule {
    const running = runningTelemetry();
    const { metricsText } = running ?? {};
    return {
      module: TelemetryModule,
      controllers: metricsText ? [MetricsController] : [],
      providers: [
        { provide: RUNNING, useValue: running },
        { provide: METRICS_TEXT, useValue: metricsText },
      ],
    };
  }

  onModuleInit(): void {
    const { problem } = this.running ?? {};
    if (problem !== undefined) new Logger('Telemetry').warn(problem);
  }

  /** Nest calls this after the last message is settled and HTTP is closed. */
  async onApplicationShutdown(): Promise<void> {
    await this.running?.close();
  }
}

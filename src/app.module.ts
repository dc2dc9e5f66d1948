import { type DynamicModule, Module } from '@nestjs/common';

import { CounterModule } from './counter/counter.module.js';
import { type App, type Environment } from './environment.js';
import { FeedbackFormModule } from './feedback-form/feedback-form.module.js';
import { HealthModule } from './health/health.module.js';
import { RelayModule } from './relay/relay.module.js';
import { type NamespaceOptions, ServiceBusModule } from 'nestjs-service-bus';
import { TelemetryModule } from './telemetry/index.js';

const FEATURES = {
  'feedback-form': FeedbackFormModule,
  counter: CounterModule,
  relay: RelayModule,
} satisfies Record<App, unknown>;

/** The features that this process runs, on one namespace. */
@Module({})
export class AppModule {
  static from(
    { apps, queues, telemetry, logMessageContext }: Environment,
    namespace: NamespaceOptions,
  ): DynamicModule {
    return {
      module: AppModule,
      imports: [
        ServiceBusModule.forRoot({
          ...namespace,
          currentMessage: logMessageContext,
          queueDepthIntervalMs: telemetry.queueDepthIntervalMs,
        }),
        TelemetryModule.register(),
        HealthModule,
        ...apps.map((app) => FEATURES[app].register(queues[app])),
      ],
    };
  }
}

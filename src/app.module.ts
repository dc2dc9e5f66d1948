import { type DynamicModule, Module, type Type } from '@nestjs/common';
import { ConfigService } from '@nestjs/config';

import { BindingsModule } from './bindings/bindings.module.js';
import { provideConfiguration, type ServiceConfig } from './config/config.module.js';
import { type App, type Configuration } from './config/index.js';
import { CounterModule } from './counter/counter.module.js';
import { DeskModule } from './desk/desk.module.js';
import { FeedbackFormModule } from './feedback-form/feedback-form.module.js';
import { HealthModule } from './health/health.module.js';
import { START_PAGE, startPage, StartPageController } from './http/start-page.controller.js';
import { messageLines } from './logging/index.js';
import { RelayModule } from './relay/relay.module.js';
import { type NamespaceOptions, ServiceBusModule } from 'nestjs-service-bus';
import { TelemetryModule } from './telemetry/index.js';

const FEATURES = {
  'feedback-form': () => FeedbackFormModule,
  counter: () => CounterModule,
  // Its queues decide what it is made of: with one name for both it has no handler.
  relay: ({ queues, logMessages, logBodies }) =>
    RelayModule.register({
      ...queues.relay,
      log: logMessages && { showsBodies: logBodies, write: messageLines('Relay', logMessages) },
    }),
} satisfies Record<App, (configuration: Configuration) => DynamicModule | Type>;

/** The features that this process runs, on one namespace. */
@Module({})
export class AppModule {
  static from(configuration: Configuration, namespace: NamespaceOptions): DynamicModule {
    return {
      module: AppModule,
      controllers: [StartPageController],
      providers: [{ provide: START_PAGE, useValue: startPage({ hasDesk: configuration.desk.isOn }) }],
      imports: [
        provideConfiguration(configuration),
        ServiceBusModule.forRootAsync({
          inject: [ConfigService],
          useFactory: (config: ServiceConfig) => ({
            ...namespace,
            logMessages: config.get('logMessages', { infer: true }),
            currentMessage: config.get('logMessageContext', { infer: true }),
            queueDepthIntervalMs: config.get('telemetry.queueDepthIntervalMs', { infer: true }),
          }),
        }),
        TelemetryModule.register(),
        HealthModule,
        BindingsModule.register(configuration.workers),
        DeskModule.register(configuration.desk, namespace),
        ...configuration.apps.map((app) => FEATURES[app](configuration)),
      ],
    };
  }
}

import { type DynamicModule, Module } from '@nestjs/common';

import {
  asyncFeatureOf,
  type FactoryDependency,
  featureOf,
  type ServiceBusFeatureAsyncOptions,
  type ServiceBusFeatureOptions,
} from './service-bus.feature.js';
import {
  type ASYNC_OPTIONS_TYPE,
  ConfigurableModuleClass,
  type OPTIONS_TYPE,
} from './service-bus.module-definition.js';
import { rootOf } from './service-bus.root.js';

/**
 * Azure Service Bus for a Nest application: `forRoot` or `forRootAsync` once for each namespace; `forFeature` or
 * `forFeatureAsync` in each feature module, for what it receives and sends.
 */
@Module({})
export class ServiceBusModule extends ConfigurableModuleClass {
  /**
   * Connects the application with a namespace. With a `name`, beside others: features, handlers and `@Inject…` decorators
   * say by it which one they mean.
   */
  static override forRoot(options: typeof OPTIONS_TYPE): DynamicModule {
    return rootOf(super.forRoot(options), options.name);
  }

  /** The same, with options that other providers decide on; the `name` stands beside `useFactory`. */
  static override forRootAsync(options: typeof ASYNC_OPTIONS_TYPE): DynamicModule {
    return rootOf(super.forRootAsync(options), options.name);
  }

  /** Declares a feature's binding, senders and receivers. */
  static forFeature(options: ServiceBusFeatureOptions): DynamicModule {
    return featureOf(options);
  }

  /** The same, with a binding that other providers decide on: `useFactory` gets what `inject` names. */
  static forFeatureAsync<const Dependencies extends readonly FactoryDependency[] = []>(
    options: ServiceBusFeatureAsyncOptions<Dependencies>,
  ): DynamicModule {
    return asyncFeatureOf(options);
  }
}

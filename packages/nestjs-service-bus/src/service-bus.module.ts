import { ServiceBusAdministrationClient, ServiceBusClient } from '@azure/service-bus';
import { type DynamicModule, Logger, Module } from '@nestjs/common';

import { BindingRegistry } from './binding/binding-registry.js';
import { ServiceBusConfigurationError } from './exceptions/service-bus-configuration.error.js';
import { hostOf } from './client/client-entities.js';
import { ContractRegistry } from './contract/contract-registry.js';
import { ServiceBusPublisher } from './contract/service-bus.publisher.js';
import { HandlerDeclarations } from './binding/handler-declarations.js';
import { KeyedConnections } from './injection/keyed-connections.js';
import { ReceiverPool } from './injection/receiver-pool.js';
import { ServiceBusSenders } from './injection/service-bus-senders.js';
import { ForeignSenders } from './send/foreign-senders.js';
import { SenderPool } from './send/sender-pool.js';
import { ServiceBusConnection } from './sdk/index.js';
import { OBSERVER_OF_BINDING } from './message/binding-runtime.js';
import { NamespaceProbe } from './health/namespace-probe.js';
import { ServiceBusHealthIndicator } from './health/service-bus.health-indicator.js';
import {
  asyncFeatureOf,
  type FactoryDependency,
  featureOf,
  type ServiceBusFeatureAsyncOptions,
  type ServiceBusFeatureOptions,
} from './service-bus.feature.js';
import { ServiceBusLifecycle } from './service-bus.lifecycle.js';
import { ConfigurableModuleClass, MODULE_OPTIONS_TOKEN } from './service-bus.module-definition.js';
import { SERVER_LOG_CONTEXT, ServiceBusServer } from './service-bus.server.js';
import {
  moduleOptionsProblems,
  publisherSettings,
  type ServiceBusModuleOptions,
  usedReplyQueue,
} from './service-bus-options.js';
import { ServiceBusProvisioning } from './service-bus-provisioning.js';
import { CLOCK, SYSTEM_CLOCK } from './time/clock.js';
import { Telemetry } from './telemetry/telemetry.js';
import { UnfailingLogger } from './unfailing-logger.js';

/** The client of shared senders and injected receivers, which decide themselves when to try again. */
const INJECTED_CLIENT = Symbol('injected client');

/**
 * Azure Service Bus for a Nest application: `forRoot` or `forRootAsync` once, for the namespace; `forFeature` or
 * `forFeatureAsync` in each feature module, for what it receives and sends.
 */
@Module({
  providers: [
    {
      provide: ServiceBusConnection,
      inject: [MODULE_OPTIONS_TOKEN, BindingRegistry],
      useFactory: openConnection,
    },
    {
      provide: ServiceBusClient,
      inject: [ServiceBusConnection],
      useFactory: (connection: ServiceBusConnection) => connection.createClient(),
    },
    {
      provide: INJECTED_CLIENT,
      inject: [ServiceBusConnection],
      useFactory: (connection: ServiceBusConnection) => connection.createClientOfOneTry(),
    },
    {
      provide: ServiceBusAdministrationClient,
      inject: [ServiceBusConnection],
      useFactory: (connection: ServiceBusConnection) => connection.createAdministrationClient(),
    },
    {
      provide: SenderPool,
      inject: [INJECTED_CLIENT, ServiceBusConnection, Telemetry],
      useFactory: (client: ServiceBusClient, { retrying }: ServiceBusConnection, telemetry: Telemetry) =>
        new SenderPool(client, telemetry, retrying),
    },
    {
      provide: ForeignSenders,
      inject: [INJECTED_CLIENT, ServiceBusConnection, Telemetry],
      useFactory: (client: ServiceBusClient, { retrying }: ServiceBusConnection, telemetry: Telemetry) =>
        new ForeignSenders(client, telemetry.foreign, retrying),
    },
    {
      provide: KeyedConnections,
      inject: [ServiceBusConnection, Telemetry],
      useFactory: (connection: ServiceBusConnection, telemetry: Telemetry) =>
        new KeyedConnections(connection, telemetry),
    },
    {
      provide: ReceiverPool,
      inject: [INJECTED_CLIENT, ServiceBusConnection],
      useFactory: (client: ServiceBusClient, { retrying }: ServiceBusConnection) =>
        new ReceiverPool(client, retrying),
    },
    {
      provide: NamespaceProbe,
      inject: [ServiceBusClient],
      useFactory: (client: ServiceBusClient) => new NamespaceProbe(client),
    },
    {
      provide: Telemetry,
      inject: [MODULE_OPTIONS_TOKEN],
      useFactory: (options: ServiceBusModuleOptions) =>
        Telemetry.find(options, new UnfailingLogger(SERVER_LOG_CONTEXT)),
    },
    {
      provide: ServiceBusPublisher,
      inject: [SenderPool, ContractRegistry, MODULE_OPTIONS_TOKEN],
      useFactory: (senders: SenderPool, contracts: ContractRegistry, options: ServiceBusModuleOptions) =>
        ServiceBusPublisher.open(senders, contracts, publisherSettings(options)),
    },
    { provide: CLOCK, useValue: SYSTEM_CLOCK },
    { provide: OBSERVER_OF_BINDING, useValue: () => undefined },
    BindingRegistry,
    ContractRegistry,
    HandlerDeclarations,
    ServiceBusProvisioning,
    ServiceBusSenders,
    ServiceBusServer,
    ServiceBusHealthIndicator,
    ServiceBusLifecycle,
  ],
  exports: [
    ServiceBusClient,
    ServiceBusAdministrationClient,
    SenderPool,
    ReceiverPool,
    KeyedConnections,
    NamespaceProbe,
    BindingRegistry,
    ContractRegistry,
    ServiceBusPublisher,
    ServiceBusSenders,
    ServiceBusServer,
    ServiceBusHealthIndicator,
  ],
})
export class ServiceBusModule extends ConfigurableModuleClass {
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

async function openConnection(
  options: ServiceBusModuleOptions,
  bindings: BindingRegistry,
): Promise<ServiceBusConnection> {
  const problems = moduleOptionsProblems(options);
  if (problems.length > 0) {
    // A turn of the event loop lets the features declare their bindings: the error tells of them, too.
    await new Promise((resolve) => setImmediate(resolve));
    throw new ServiceBusConfigurationError([...problems, ...bindings.problems]);
  }
  bindings.entityPrefix = options.entityPrefix ?? '';
  bindings.namespace = hostOf(options);
  bindings.replyQueue = usedReplyQueue(options);
  bindings.wire = options;
  const connection = await ServiceBusConnection.create(options);
  const logger = new Logger('ServiceBusModule');
  for (const warning of connection.warnings) logger.warn(warning);
  if (options.fastLane === false) logger.log('fast lane off: the option fastLane is false');
  return connection;
}

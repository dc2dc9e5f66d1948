import { Global, Module } from '@nestjs/common';

import { BindingRegistry } from './binding/binding-registry.js';
import { HandlerDeclarations } from './binding/handler-declarations.js';
import { ContractRegistry } from './contract/contract-registry.js';
import { InMemoryRateStore } from './in-memory-rate-store.js';
import { ServiceBusBindings } from './service-bus.bindings.js';
import { ServiceBusHealthIndicator } from './health/service-bus.health-indicator.js';
import { OBSERVER_OF_BINDING } from './message/binding-runtime.js';
import { ServiceBusLifecycle } from './service-bus.lifecycle.js';
import { ServiceBusNamespaces } from './service-bus.namespaces.js';
import { ServiceBusProvisioning } from './service-bus-provisioning.js';
import { ServiceBusRateStores } from './service-bus.rate-stores.js';
import { ServiceBusServer } from './service-bus.server.js';
import { CLOCK, SYSTEM_CLOCK } from './time/clock.js';

/** What an application has once, however many namespaces it is connected with: each `forRoot` imports it. */
@Global()
@Module({
  providers: [
    { provide: CLOCK, useValue: SYSTEM_CLOCK },
    { provide: OBSERVER_OF_BINDING, useValue: () => undefined },
    BindingRegistry,
    ContractRegistry,
    HandlerDeclarations,
    ServiceBusNamespaces,
    ServiceBusProvisioning,
    ServiceBusRateStores,
    InMemoryRateStore,
    ServiceBusServer,
    ServiceBusBindings,
    ServiceBusHealthIndicator,
    ServiceBusLifecycle,
  ],
  exports: [
    BindingRegistry,
    ContractRegistry,
    InMemoryRateStore,
    ServiceBusNamespaces,
    ServiceBusServer,
    ServiceBusBindings,
    ServiceBusHealthIndicator,
  ],
})
export class ServiceBusCoreModule {}

import { type ServiceBusClient } from '@azure/service-bus';
import { type Logger } from '@nestjs/common';

import { type RoutedBinding } from './binding/resolve-routes.js';
import { LockRenewer } from './delivery/lock-renewer.js';
import { type Invoke, type ObserverOfBinding } from './message/binding-runtime.js';
import { observeBoth } from './message/observer-pair.js';
import { type ConsumerObserver } from './receive/health/receiving-state.js';
import { type BindingControl } from './runtime/binding-control.js';
import { BindingConnections } from './runtime/binding-connections.js';
import { openBindingRuntime } from './runtime/open-binding-runtime.js';
import { type BindingConsumer, openConsumer } from './runtime/open-consumer.js';
import { type OutputChecks } from './runtime/output-checks.js';
import { type ServiceBusNamespace } from './service-bus.namespace.js';
import { type ServiceBusRateStores } from './service-bus.rate-stores.js';
import { type ServerMetrics } from './telemetry/server-metrics.js';
import { type Clock } from './time/clock.js';

/** What the receivers of all namespaces share. */
export interface SharedByReceivers {
  readonly invoke: Invoke;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly outputs: OutputChecks;
  readonly control: BindingControl;
  readonly observerOfBinding: ObserverOfBinding;
  readonly rateStores: ServiceBusRateStores;
}

/** What receives from one namespace: connections of its own, and what is learnt of its broker's clock. */
export class NamespaceReceivers {
  private readonly locks: LockRenewer;
  private readonly connections: BindingConnections;
  private readonly metrics: ServerMetrics | undefined;

  constructor(
    private readonly namespace: ServiceBusNamespace,
    private readonly shared: SharedByReceivers,
  ) {
    const { keyed, telemetry, connection } = namespace;
    this.locks = new LockRenewer(shared.clock);
    this.connections = new BindingConnections((key) => keyed.connectionOf(key), telemetry);
    this.metrics = telemetry.forServer(connection, shared.logger);
  }

  /** Whether the broker has still to answer the renewal of a lock. */
  get isRenewing(): boolean {
    return this.locks.isRenewing;
  }

  /** The SDK's client that receives. */
  get client(): ServiceBusClient {
    return this.connections.clientsOf().current;
  }

  /** Starts to receive for a binding. */
  start({ binding, routes }: RoutedBinding, observer: ConsumerObserver): BindingConsumer {
    const { connections, locks, metrics } = this;
    const { invoke, clock, logger, outputs, control, observerOfBinding, rateStores } = this.shared;
    const { senders, foreignSenders, telemetry } = this.namespace;
    const { connectionString, replyToConnectionString } = binding;
    const clients = connections.clientsOf(connectionString);
    const bindingTelemetry = telemetry.forBinding(binding);
    const runtime = openBindingRuntime({
      invoke,
      senders,
      foreignSenders,
      clock,
      brokerClock: locks.brokerClock,
      rateStore: rateStores.of(binding),
      logger,
      binding,
      routes,
      // Where the key may not send, there is no use in trying again.
      inputSenders: connectionString === undefined ? senders : connections.sendersOf(connectionString),
      outputSenders: connections.sendersOf(replyToConnectionString),
      observer: observeBoth(bindingTelemetry, observerOfBinding(binding)),
    });
    const consumer = openConsumer(clients, locks, runtime, observer);
    metrics?.add(binding, consumer, bindingTelemetry);
    control.start(consumer);
    outputs.start(binding, connections.clientsOf(replyToConnectionString));
    return consumer;
  }

  /** Ends the connections, and with them what links are still waiting for. */
  closeConnections(): Promise<void> {
    return this.connections.close();
  }

  /** When nothing is received any more. */
  close(): void {
    this.locks.close();
    this.metrics?.close();
  }
}

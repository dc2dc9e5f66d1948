import { ServiceBusClient } from '@azure/service-bus';
import {
  Inject,
  Injectable,
  Logger,
  type OnApplicationBootstrap,
  type OnApplicationShutdown,
  type OnModuleDestroy,
  type OnModuleInit,
} from '@nestjs/common';
import { type HttpServer } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';

import { BindingRegistry } from './binding/binding-registry.js';
import { ServiceBusPublisher } from './contract/service-bus.publisher.js';
import { NamespaceProbe } from './health/namespace-probe.js';
import { KeyedConnections } from './injection/keyed-connections.js';
import { ReceiverPool } from './injection/receiver-pool.js';
import { ForeignSenders } from './send/foreign-senders.js';
import { SenderPool } from './send/sender-pool.js';
import { closeClient } from './sdk/index.js';
import { MODULE_OPTIONS_TOKEN } from './service-bus.module-definition.js';
import { ServiceBusServer } from './service-bus.server.js';
import { ServiceBusProvisioning } from './service-bus-provisioning.js';
import { DEFAULT_DRAIN_TIMEOUT_MS, type ServiceBusModuleOptions } from './service-bus-options.js';

/** Receivers may be connected and started after everything else: later than this they are forgotten. */
const RECEIVERS_LATE_MS = 2_000;

/**
 * Checks how the application is wired before any of its hooks runs, and says so when nobody starts its receivers.
 * Shuts the bus down in an order that loses nothing: drain before any provider is destroyed (handlers need
 * them), then Nest closes HTTP, then senders, receivers and clients.
 */
@Injectable()
export class ServiceBusLifecycle
  implements OnModuleInit, OnApplicationBootstrap, OnModuleDestroy, OnApplicationShutdown
{
  private readonly logger = new Logger('ServiceBusModule');
  private readonly drainTimeoutMs: number;
  private reminder?: NodeJS.Timeout;

  constructor(
    @Inject(MODULE_OPTIONS_TOKEN) options: ServiceBusModuleOptions,
    private readonly adapterHost: HttpAdapterHost,
    private readonly server: ServiceBusServer,
    private readonly senders: SenderPool,
    private readonly foreignSenders: ForeignSenders,
    private readonly keyed: KeyedConnections,
    private readonly receivers: ReceiverPool,
    private readonly client: ServiceBusClient,
    private readonly bindings: BindingRegistry,
    private readonly namespace: NamespaceProbe,
    private readonly publisher: ServiceBusPublisher,
    private readonly provisioning: ServiceBusProvisioning,
  ) {
    this.drainTimeoutMs = options.drainTimeoutMs ?? DEFAULT_DRAIN_TIMEOUT_MS;
  }

  async onModuleInit(): Promise<void> {
    this.server.checkWiring();
    for (const { entity, subscription, sessions, connectionString } of this.bindings.declared()) {
      // A queue that requires sessions refuses the question; one with a key of its own is none of this connection's.
      if (subscription !== undefined || sessions || connectionString !== undefined) continue;
      this.namespace.addQueue(entity);
    }
    this.drainBeforeClose();
    await this.provisioning.run();
  }

  onApplicationBootstrap(): void {
    const patterns = this.bindings.patterns();
    if (patterns.length === 0 || this.server.isListening) return;
    // An application context, for a script, has nothing to connect them with.
    const isContext = (this.adapterHost.httpAdapter as HttpServer | undefined) === undefined;
    if (isContext && !this.server.hasHandlers) return;
    this.reminder = setTimeout(() => this.remind(patterns), RECEIVERS_LATE_MS).unref();
  }

  /** For applications without HTTP. */
  async onModuleDestroy(): Promise<void> {
    clearTimeout(this.reminder);
    await this.server.drain(this.drainTimeoutMs);
  }

  async onApplicationShutdown(): Promise<void> {
    await this.server.close();
    await Promise.all([
      this.publisher.close(),
      this.receivers.close(),
      closeClient(this.client),
      this.keyed.close(),
      Promise.all([this.foreignSenders.finish(), this.senders.finish()]).then(() =>
        this.senders.closeWithClient(),
      ),
    ]);
  }

  /** Nest awaits the HTTP server's `beforeClose` ahead of every onModuleDestroy: the only hook that early. */
  private drainBeforeClose(): void {
    const adapter = this.adapterHost.httpAdapter as HttpServer | undefined;
    if (!adapter) return;
    const beforeClose = adapter.beforeClose?.bind(adapter) as (() => unknown) | undefined;
    adapter.beforeClose = async () => {
      await this.server.drain(this.drainTimeoutMs);
      await beforeClose?.();
    };
  }

  private remind(patterns: readonly string[]): void {
    if (this.server.isListening || this.server.isDraining) return;
    const names = patterns.map((pattern) => `"${pattern}"`).join(' and ');
    const start = 'await app.startAllMicroservices()';
    const connect =
      'app.connectMicroservice({ strategy: app.get(ServiceBusServer) }, { inheritAppConfig: true })';
    const remedy = this.server.hasHandlers ? start : `${connect} and ${start}`;
    this.logger.warn(
      `nothing is received for the binding${patterns.length === 1 ? '' : 's'} ${names}: add ${remedy}`,
    );
  }
}

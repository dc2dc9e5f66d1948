import {
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
import { ServiceBusNamespaces } from './service-bus.namespaces.js';
import { ServiceBusServer } from './service-bus.server.js';
import { ServiceBusProvisioning } from './service-bus-provisioning.js';
import { DEFAULT_DRAIN_TIMEOUT_MS } from './service-bus-options.js';

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
  private reminder?: NodeJS.Timeout;

  constructor(
    private readonly adapterHost: HttpAdapterHost,
    private readonly server: ServiceBusServer,
    private readonly namespaces: ServiceBusNamespaces,
    private readonly bindings: BindingRegistry,
    private readonly provisioning: ServiceBusProvisioning,
  ) {}

  async onModuleInit(): Promise<void> {
    this.server.checkWiring();
    for (const { connection, entity, subscription, sessions, connectionString } of this.bindings.declared()) {
      // A queue that requires sessions refuses the question; one with a key of its own is none of this connection's.
      if (subscription !== undefined || sessions || connectionString !== undefined) continue;
      this.namespaces.get(connection).probe.addQueue(entity);
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
    await this.server.drain(this.drainTimeoutMs());
  }

  async onApplicationShutdown(): Promise<void> {
    await this.server.close();
    await Promise.all([...this.namespaces].map((namespace) => namespace.close()));
  }

  /** An application shuts down once: the longest time counts that one of its connections gives. */
  private drainTimeoutMs(): number {
    const all = [...this.namespaces].map(({ options }) => options.drainTimeoutMs ?? DEFAULT_DRAIN_TIMEOUT_MS);
    return Math.max(0, ...all);
  }

  /** Nest awaits the HTTP server's `beforeClose` ahead of every onModuleDestroy: the only hook that early. */
  private drainBeforeClose(): void {
    const adapter = this.adapterHost.httpAdapter as HttpServer | undefined;
    if (!adapter) return;
    const beforeClose = adapter.beforeClose?.bind(adapter) as (() => unknown) | undefined;
    adapter.beforeClose = async () => {
      await this.server.drain(this.drainTimeoutMs());
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

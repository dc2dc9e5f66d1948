import { ServiceBusClient } from '@azure/service-bus';
import {
  Inject,
  Injectable,
  type OnApplicationShutdown,
  type OnModuleDestroy,
  type OnModuleInit,
} from '@nestjs/common';
import { type HttpServer } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';

import { ReceiverPool } from './injection/receiver-pool.js';
import { SenderPool } from './send/sender-pool.js';
import { MODULE_OPTIONS_TOKEN } from './service-bus.module-definition.js';
import { ServiceBusServer } from './service-bus.server.js';
import { DEFAULT_DRAIN_TIMEOUT_MS, type ServiceBusModuleOptions } from './service-bus-options.js';
import { within } from './time/within.js';

const CLOSE_TIMEOUT_MS = 5_000;

/**
 * Shuts the bus down in an order that loses nothing: drain before any provider is destroyed (handlers need
 * them), then Nest closes HTTP, then senders, receivers and clients.
 */
@Injectable()
export class ServiceBusLifecycle implements OnModuleInit, OnModuleDestroy, OnApplicationShutdown {
  private readonly drainTimeoutMs: number;

  constructor(
    @Inject(MODULE_OPTIONS_TOKEN) options: ServiceBusModuleOptions,
    private readonly adapterHost: HttpAdapterHost,
    private readonly server: ServiceBusServer,
    private readonly senders: SenderPool,
    private readonly receivers: ReceiverPool,
    private readonly client: ServiceBusClient,
  ) {
    this.drainTimeoutMs = options.drainTimeoutMs ?? DEFAULT_DRAIN_TIMEOUT_MS;
  }

  /** Nest awaits the HTTP server's `beforeClose` ahead of every onModuleDestroy: the only hook that early. */
  onModuleInit(): void {
    const adapter = this.adapterHost.httpAdapter as HttpServer | undefined;
    if (!adapter) return;
    const beforeClose = adapter.beforeClose?.bind(adapter) as (() => unknown) | undefined;
    adapter.beforeClose = async () => {
      await this.server.drain(this.drainTimeoutMs);
      await beforeClose?.();
    };
  }

  /** For applications without HTTP. */
  async onModuleDestroy(): Promise<void> {
    await this.server.drain(this.drainTimeoutMs);
  }

  async onApplicationShutdown(): Promise<void> {
    await this.server.close();
    await this.senders.close();
    await this.receivers.close();
    await within(CLOSE_TIMEOUT_MS, this.client.close());
  }
}

import { Injectable, Logger } from '@nestjs/common';
import { ModulesContainer } from '@nestjs/core';
import {
  type CustomTransportStrategy,
  type MessageHandler,
  type MsPattern,
  type ReadPacket,
  Server,
  type Transport,
} from '@nestjs/microservices';

import { type Binding } from './binding/binding.js';
import { BindingRegistry } from './binding/binding-registry.js';
import { describeBinding } from './binding/describe-binding.js';
import { handlerNames } from './binding/handler-names.js';
import { OutputChecks } from './binding/output-checks.js';
import { type Registration, resolveRoutes } from './binding/resolve-routes.js';
import { ClientSource } from './connection/client-source.js';
import { SenderPool } from './connection/sender-pool.js';
import { ServiceBusConnection } from './connection/service-bus-connection.js';
import { keepCause } from './keep-cause.js';
import { handle } from './message/handle.js';
import { type Invoke, openPath } from './message/message-path.js';
import { SYSTEM_CLOCK } from './receive/clock.js';
import { Consumer, type ConsumerObserver } from './receive/consumer.js';
import { type ConsumerHealth } from './receive/consumer-health.js';
import { LockRenewer } from './receive/lock-renewer.js';
import { RECEIVER_RETRY_OPTIONS } from './receive/receiver-retry-options.js';
import { SessionConsumer } from './receive/session-consumer.js';
import { type ServiceBusContext } from './service-bus.context.js';
import { type ServiceBusEvents, type ServiceBusStatus } from './service-bus-events.js';
import { type ServerMetrics } from './telemetry/server-metrics.js';
import { Telemetry } from './telemetry/telemetry.js';

/** The transport's id: `@MessagePattern(pattern, SERVICE_BUS_TRANSPORT)` keeps a handler to this transport. */
export const SERVICE_BUS_TRANSPORT = Symbol('service-bus');

// The types of Nest's hooks, which `Server` does not have before @nestjs/microservices 11.1.
type ProcessingStartHook = (
  transportId: Transport | symbol,
  context: unknown,
  done: () => Promise<unknown>,
) => void;
type ProcessingEndHook = (transportId: Transport | symbol, context: unknown) => void;

/**
 * Nest's transport strategy for Azure Service Bus. Take it from the application's container:
 * `app.connectMicroservice({ strategy: app.get(ServiceBusServer) }, { inheritAppConfig: true })`.
 */
@Injectable()
export class ServiceBusServer
  extends Server<ServiceBusEvents, ServiceBusStatus>
  implements CustomTransportStrategy
{
  override readonly transportId = SERVICE_BUS_TRANSPORT;
  // processMessage awaits event handlers too, and reports what they fail with.
  override readonly propagatesEventHandlerErrors = true;
  protected override readonly logger = new Logger(ServiceBusServer.name);

  private readonly registrations: Registration[] = [];
  private readonly consumers: (Consumer | SessionConsumer)[] = [];
  private readonly outputs = new OutputChecks(this.logger);
  private readonly locks = new LockRenewer(SYSTEM_CLOCK);
  private readonly errorListeners: ServiceBusEvents['error'][] = [];
  private clients?: ClientSource;
  private outputSenders?: SenderPool;
  private metrics?: ServerMetrics;
  private hasHooks = false;
  private drained?: Promise<unknown>;

  /** @internal */
  constructor(
    private readonly connection: ServiceBusConnection,
    private readonly bindings: BindingRegistry,
    private readonly senders: SenderPool,
    private readonly modules: ModulesContainer,
    private readonly telemetry: Telemetry,
  ) {
    super();
    keepCause();
  }

  /** True from the beginning of a shutdown on. */
  get isDraining(): boolean {
    return this.drained !== undefined;
  }

  override addHandler(
    pattern: unknown,
    handler: MessageHandler,
    isEventHandler = false,
    extras: Record<string, unknown> = {},
  ): void {
    const route = this.toRoute(pattern);
    this.registrations.push({ pattern, route, handler, isEvent: isEventHandler });
    super.addHandler(pattern, handler, isEventHandler, extras);
  }

  /** Starts receiving. The broker may be away: then the receivers go on trying, and readiness says so. */
  listen(callback: (error?: unknown) => void): void {
    try {
      this.start();
    } catch (error) {
      return callback(error);
    }
    callback();
  }

  /** One entry per binding. */
  health(): ConsumerHealth[] {
    return this.consumers.map((consumer) => this.outputs.addTo(consumer.health()));
  }

  /**
   * Stops receiving and waits for the messages in work, for `drainTimeoutMs` at most. Safe to call again; a
   * shutdown calls it before anything else.
   */
  async drain(graceMs: number): Promise<void> {
    this.outputs.close();
    await (this.drained ??= Promise.all(this.consumers.map((consumer) => consumer.drain(graceMs))));
  }

  /** Ends receiving for good; what is not settled by then comes again when its lock ends. */
  async close(): Promise<void> {
    await this.drain(0);
    await Promise.all(this.consumers.map((consumer) => consumer.close()));
    this.locks.close();
    this.metrics?.close();
    await this.outputSenders?.closeWithClient();
    await this.clients?.close();
    this._status$.next('disconnected');
  }

  on<EventKey extends keyof ServiceBusEvents>(_event: EventKey, listener: ServiceBusEvents[EventKey]): void {
    this.errorListeners.push(listener);
  }

  /** The SDK's client that receives. */
  unwrap<T>(): T {
    if (!this.clients) throw new Error('the server is not listening yet: call startAllMicroservices() first');
    return this.clients.current as T;
  }

  override setOnProcessingStartHook(hook: ProcessingStartHook): void {
    this.hasHooks = true;
    super.setOnProcessingStartHook(hook);
  }

  override setOnProcessingEndHook(hook: ProcessingEndHook): void {
    this.hasHooks = true;
    super.setOnProcessingEndHook(hook);
  }

  // The base class resolves even when the handler fails. Our messages take processMessage's way instead.
  override async handleEvent(pattern: string, packet: ReadPacket, context: ServiceBusContext): Promise<void> {
    const handler = this.getHandlerByPattern(pattern);
    if (!handler) throw new Error(`there is no event handler for ${pattern}`);
    await this.invoke(handler, packet.data, context);
  }

  private start(): void {
    const names = handlerNames(this.modules, (pattern) => this.toRoute(pattern));
    const resolved = resolveRoutes(this.registrations, this.bindings, names);
    const clients = (this.clients = new ClientSource(() =>
      this.connection.createClient(RECEIVER_RETRY_OPTIONS),
    ));
    this.metrics = this.telemetry.forServer(this.connection, this.logger);
    const { invoke, senders, logger } = this;
    const outputSenders = (this.outputSenders = new SenderPool(
      this.connection.createClientOfOneTry(),
      this.telemetry,
    ));
    const shared = { invoke, senders, outputSenders, clock: SYSTEM_CLOCK, logger };
    for (const { binding, routes } of resolved) {
      const telemetry = this.telemetry.forBinding(binding);
      const path = { ...shared, binding, routes, telemetry };
      const observer = this.observerOf(binding);
      const consumer = binding.sessions
        ? new SessionConsumer(clients, binding.sessions, this.locks, openPath(path), observer)
        : new Consumer(clients, this.locks, path, observer);
      this.consumers.push(consumer);
      this.metrics?.add(binding, consumer, telemetry);
      consumer.start();
      this.outputs.start(binding, clients);
      this.logger.log(describeBinding(binding));
    }
  }

  private readonly invoke: Invoke = (handler, payload, context) => {
    if (!this.hasHooks) return handle(handler, payload, context);
    // A start hook need not hand back what it wraps: only the handler itself knows when it is done.
    return new Promise((resolve, reject) => {
      // Nest's own runWithProcessingHooks came with @nestjs/microservices 12.0.4.
      this.onProcessingStartHook(this.transportId, context, () =>
        handle(handler, payload, context)
          .finally(() => this.onProcessingEndHook?.(this.transportId, context))
          .then(resolve, reject),
      );
    });
  };

  private toRoute(pattern: unknown): string {
    return this.normalizePattern(pattern as MsPattern);
  }

  private observerOf({ pattern }: Binding): ConsumerObserver {
    const tellStatus = (): void => {
      const isConnected = this.consumers.every(({ isReceiving }) => isReceiving);
      this._status$.next(isConnected ? 'connected' : 'disconnected');
    };
    return {
      receiving: tellStatus,
      failing: (error) => {
        tellStatus();
        for (const listener of this.errorListeners) listener(error, pattern);
      },
    };
  }
}

import { Inject, Injectable } from '@nestjs/common';
import { ModulesContainer } from '@nestjs/core';
import {
  type CustomTransportStrategy,
  type MessageHandler,
  type MsPattern,
  type ReadPacket,
  Server,
} from '@nestjs/microservices';

import { type Binding } from './binding/binding.js';
import { BindingRegistry } from './binding/binding-registry.js';
import { type BoundEntities, boundEntities } from './binding/bound-entities.js';
import { describeBinding } from './binding/describe-binding.js';
import { handlerNames } from './binding/handlers.js';
import { describeError } from './exceptions/describe-error.js';
import { onlyEntityProblems } from './binding/only-entity.js';
import { OutputChecks } from './runtime/output-checks.js';
import {
  type Registration,
  resolveRoutes,
  type RoutedBinding,
  unboundHandlerWarnings,
} from './binding/resolve-routes.js';
import { KeyedConnections } from './injection/keyed-connections.js';
import { BindingConnections } from './runtime/binding-connections.js';
import { ServiceBusPublisher } from './contract/service-bus.publisher.js';
import { ServiceBusConnection } from './sdk/index.js';
import { ForeignSenders } from './send/foreign-senders.js';
import { SenderPool } from './send/sender-pool.js';
import { ServiceBusConfigurationError } from './exceptions/service-bus-configuration.error.js';
import { secondRootProblems } from './find-roots.js';
import { HandlerDeclarations } from './binding/handler-declarations.js';
import { keepCause } from './keep-cause.js';
import { handle } from './message/handle.js';
import { type Invoke, OBSERVER_OF_BINDING, type ObserverOfBinding } from './message/binding-runtime.js';
import { observeBoth } from './message/observer-pair.js';
import { type Clock, CLOCK } from './time/clock.js';
import { type ConsumerObserver } from './receive/health/receiving-state.js';
import { openBindingRuntime } from './runtime/open-binding-runtime.js';
import { type BindingConsumer, openConsumer } from './runtime/open-consumer.js';
import { type ConsumerHealth } from './receive/health/consumer-health.js';
import { type HeldDeadLetter, type RedriveOutcome } from './receive/redrive/redrive.js';
import { LockRenewer } from './delivery/lock-renewer.js';
import { type ServiceBusContext } from './delivery/service-bus.context.js';
import { type ServiceBusEvents, type ServiceBusStatus } from './service-bus-events.js';
import { type ProcessingEndHook, type ProcessingStartHook } from './processing-hooks.js';
import { SERVICE_BUS_TRANSPORT } from './binding/service-bus-transport.js';
import { ServiceBusProvisioning } from './service-bus-provisioning.js';
import { type ServerMetrics } from './telemetry/server-metrics.js';
import { Telemetry } from './telemetry/telemetry.js';
import { UnfailingLogger } from './unfailing-logger.js';

/** In the log; not the class's name, which a bundler may change. */
export const SERVER_LOG_CONTEXT = 'ServiceBusServer';

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
  protected override readonly logger = new UnfailingLogger(SERVER_LOG_CONTEXT);

  private readonly registrations: Registration[] = [];
  private readonly consumers: BindingConsumer[] = [];
  private readonly outputs = new OutputChecks(this.logger);
  private readonly locks: LockRenewer;
  private readonly errorListeners: ServiceBusEvents['error'][] = [];
  private connections?: BindingConnections;
  private metrics?: ServerMetrics;
  private hasHooks = false;
  private drained?: Promise<unknown>;

  /** @internal */
  constructor(
    private readonly connection: ServiceBusConnection,
    private readonly bindings: BindingRegistry,
    private readonly senders: SenderPool,
    private readonly foreignSenders: ForeignSenders,
    private readonly keyed: KeyedConnections,
    private readonly modules: ModulesContainer,
    private readonly telemetry: Telemetry,
    private readonly declarations: HandlerDeclarations,
    private readonly publisher: ServiceBusPublisher,
    private readonly provisioning: ServiceBusProvisioning,
    @Inject(CLOCK) private readonly clock: Clock,
    @Inject(OBSERVER_OF_BINDING) private readonly observerOfBinding: ObserverOfBinding,
  ) {
    super();
    this.locks = new LockRenewer(clock);
    keepCause();
  }

  /** True from the beginning of a shutdown on. */
  get isDraining(): boolean {
    return this.drained !== undefined;
  }

  /** Nest calls it for each handler, when the application connects the server. */
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

  /** True once it receives. */
  get isListening(): boolean {
    return this.connections !== undefined;
  }

  /** True once the application has connected it, and has handlers for it. */
  get hasHandlers(): boolean {
    return this.registrations.length > 0;
  }

  /** @internal Whether the broker has still to answer the renewal of a lock or the release of a session. */
  get isUnanswered(): boolean {
    return this.locks.isRenewing || this.consumers.some(({ isReleasing }) => isReleasing);
  }

  /** The entities of its bindings, once the application has connected it; it need not listen yet. */
  entities(): BoundEntities {
    return boundEntities(this.resolve().map(({ binding }) => binding));
  }

  /** Throws a ServiceBusConfigurationError with all that is set up wrongly, as far as it is known by now. */
  checkWiring(): void {
    this.declarations.declare();
    const bindings = this.hasHandlers
      ? this.resolve().map(({ binding }) => binding)
      : this.bindings.declared();
    const problems = [
      ...secondRootProblems(this.modules),
      ...this.bindings.problems,
      ...onlyEntityProblems(this.connection.onlyEntity, bindings),
      ...this.publisher.problems(),
    ];
    if (problems.length > 0) throw new ServiceBusConfigurationError(problems);
  }

  /** Starts receiving. The broker may be away: then the receivers go on trying, and readiness says so. */
  listen(callback: (error?: unknown) => void): void {
    const start = (): void => {
      try {
        this.start();
      } catch (error) {
        return callback(error);
      }
      callback();
    };
    // Receivers may be started before the application's hooks run.
    if (this.provisioning.isWanted) this.provisioning.run().then(start, callback);
    else start();
  }

  /** One entry per binding. */
  health(): ConsumerHealth[] {
    return this.consumers.map((consumer) => this.outputs.addTo(consumer.health()));
  }

  /**
   * Has the handler of an entity (`orders`, `events/Subscriptions/audit`) process a dead letter in its dead-letter queue,
   * in the way of every message: with its reply, its retries, its session. Done, the message is completed there; failed,
   * it stays there, with the new reason beside the old one. Its lock is the server's from now on, in each case.
   *
   * @throws Error if no binding of this process reads the entity; the lock is still the caller's then
   */
  redrive(entity: string, deadLetter: HeldDeadLetter): Promise<RedriveOutcome> {
    const path = entity.toLowerCase();
    const consumer = this.consumers.find(({ binding }) => binding.entityPath.toLowerCase() === path);
    if (!consumer) throw new Error(`no binding of this process reads ${entity}`);
    return consumer.redrive(deadLetter);
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
    const closing = this.consumers.map((consumer) => consumer.close());
    // Ends with the connections what the links are still waiting for.
    await Promise.all([...closing, this.connections?.close()]);
    this.locks.close();
    this.metrics?.close();
    this._status$.next('disconnected');
  }

  on<EventKey extends keyof ServiceBusEvents>(_event: EventKey, listener: ServiceBusEvents[EventKey]): void {
    this.errorListeners.push(listener);
  }

  /** The SDK's client that receives. */
  unwrap<T>(): T {
    if (!this.connections) {
      throw new Error('the server is not listening yet: call startAllMicroservices() first');
    }
    return this.connections.clientsOf().current as T;
  }

  override setOnProcessingStartHook(hook: ProcessingStartHook): void {
    this.hasHooks = true;
    super.setOnProcessingStartHook(hook);
  }

  override setOnProcessingEndHook(hook: ProcessingEndHook): void {
    this.hasHooks = true;
    super.setOnProcessingEndHook(hook);
  }

  /** Awaits the handler to its end and fails with what it fails with; messages do not come this way. */
  // The base class resolves even when the handler fails. Our messages take processMessage's way instead.
  override async handleEvent(pattern: string, packet: ReadPacket, context: ServiceBusContext): Promise<void> {
    const handler = this.getHandlerByPattern(pattern);
    if (!handler) throw new Error(`there is no event handler for ${pattern}`);
    await this.invoke(handler, packet.data, context);
  }

  private start(): void {
    const resolved = this.resolve();
    for (const warning of unboundHandlerWarnings(resolved, this.bindings)) this.logger.warn(warning);
    const { clock, invoke, senders, foreignSenders, keyed, logger, telemetry } = this;
    const connections = new BindingConnections((key) => keyed.connectionOf(key), telemetry);
    this.connections = connections;
    this.metrics = this.telemetry.forServer(this.connection, this.logger);
    const shared = { invoke, senders, foreignSenders, clock, brokerClock: this.locks.brokerClock, logger };
    for (const { binding, routes } of resolved) {
      const { connectionString, replyToConnectionString } = binding;
      const clients = connections.clientsOf(connectionString);
      const bindingTelemetry = telemetry.forBinding(binding);
      const runtime = openBindingRuntime({
        ...shared,
        binding,
        routes,
        // Where the key may not send, there is no use in trying again.
        inputSenders: connectionString === undefined ? senders : connections.sendersOf(connectionString),
        outputSenders: connections.sendersOf(replyToConnectionString),
        observer: observeBoth(bindingTelemetry, this.observerOfBinding(binding)),
      });
      const consumer = openConsumer(clients, this.locks, runtime, this.observerOf(binding));
      this.consumers.push(consumer);
      this.metrics?.add(binding, consumer, bindingTelemetry);
      consumer.start();
      this.outputs.start(binding, connections.clientsOf(replyToConnectionString));
      this.logger.log(describeBinding(binding));
    }
  }

  private resolve(): RoutedBinding[] {
    this.declarations.declare();
    const names = handlerNames(this.modules, (pattern) => this.toRoute(pattern));
    return resolveRoutes(this.registrations, this.bindings, names, [
      ...secondRootProblems(this.modules),
      ...this.publisher.problems(),
    ]);
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
        for (const listener of this.errorListeners) this.tell(listener, error, pattern);
      },
    };
  }

  /** A listener that throws is told of in the log: it must not stop what the receiver does about the error. */
  private tell(listener: ServiceBusEvents['error'], error: Error, pattern: string): void {
    try {
      listener(error, pattern);
    } catch (cause) {
      this.logger.error(`an error listener failed: ${describeError(cause)}`);
    }
  }
}

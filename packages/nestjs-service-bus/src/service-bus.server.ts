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
import { connectionName } from './binding/connection-name.js';
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
import { ServiceBusConfigurationError } from './exceptions/service-bus-configuration.error.js';
import { secondRootProblems } from './find-roots.js';
import { HandlerDeclarations } from './binding/handler-declarations.js';
import { keepCause } from './keep-cause.js';
import { handle } from './message/handle.js';
import { type Invoke, OBSERVER_OF_BINDING, type ObserverOfBinding } from './message/binding-runtime.js';
import { type Clock, CLOCK } from './time/clock.js';
import { type ConsumerObserver } from './receive/health/receiving-state.js';
import { BindingControl } from './runtime/binding-control.js';
import { type BindingConsumer } from './runtime/open-consumer.js';
import { type ConsumerHealth } from './receive/health/consumer-health.js';
import { type HeldDeadLetter, type RedriveOutcome } from './receive/redrive/redrive.js';
import { type ServiceBusContext } from './delivery/service-bus.context.js';
import { type ServiceBusEvents, type ServiceBusStatus } from './service-bus-events.js';
import { type ProcessingEndHook, type ProcessingStartHook } from './processing-hooks.js';
import { SERVICE_BUS_TRANSPORT } from './binding/service-bus-transport.js';
import { ServiceBusNamespaces } from './service-bus.namespaces.js';
import { ServiceBusRateStores } from './service-bus.rate-stores.js';
import { NamespaceReceivers } from './service-bus.receivers.js';
import { ServiceBusProvisioning } from './service-bus-provisioning.js';
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
  /** @internal */
  readonly control = new BindingControl(this.consumers, () => this.known());
  private readonly outputs = new OutputChecks(this.logger);
  private readonly errorListeners: ServiceBusEvents['error'][] = [];
  /** By the names of their connections, once it listens. */
  private receivers?: ReadonlyMap<string | undefined, NamespaceReceivers>;
  private hasHooks = false;
  private drained?: Promise<unknown>;

  /** @internal */
  constructor(
    private readonly namespaces: ServiceBusNamespaces,
    private readonly bindings: BindingRegistry,
    private readonly modules: ModulesContainer,
    private readonly declarations: HandlerDeclarations,
    private readonly provisioning: ServiceBusProvisioning,
    private readonly rateStores: ServiceBusRateStores,
    @Inject(CLOCK) private readonly clock: Clock,
    @Inject(OBSERVER_OF_BINDING) private readonly observerOfBinding: ObserverOfBinding,
  ) {
    super();
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
    return this.receivers !== undefined;
  }

  /** True once the application has connected it, and has handlers for it. */
  get hasHandlers(): boolean {
    return this.registrations.length > 0;
  }

  /** @internal Whether a renewal of a lock, the release of a session or the store of a rate has still to be answered. */
  get isUnanswered(): boolean {
    const all = [...(this.receivers?.values() ?? [])];
    return all.some(({ isRenewing }) => isRenewing) || this.consumers.some((one) => one.isUnanswered);
  }

  /**
   * The entities of its bindings to a connection, once the application has connected it; it need not listen yet.
   *
   * @param connection default: the one without a name
   */
  entities(connection?: string): BoundEntities {
    const name = connectionName(connection);
    const bindings = this.resolve().map(({ binding }) => binding);
    return boundEntities(bindings.filter((binding) => binding.connection === name));
  }

  /** Throws a ServiceBusConfigurationError with all that is set up wrongly, as far as it is known by now. */
  checkWiring(): void {
    this.declarations.declare();
    const known = this.known();
    const problems = [
      ...this.problems(known),
      ...this.bindings.problems,
      ...[...this.namespaces].flatMap(({ name, connection }) =>
        onlyEntityProblems(
          connection.onlyEntity,
          known.filter((binding) => binding.connection === name),
        ),
      ),
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
    return this.consumers.map((consumer) => {
      const health = this.outputs.addTo(consumer.health());
      const { connection } = consumer.binding;
      return connection === undefined ? health : { ...health, connection };
    });
  }

  /**
   * Has the handler of an entity (`orders`, `events/Subscriptions/audit`) process a dead letter in its dead-letter queue,
   * in the way of every message: with its reply, its retries, its session. Done, the message is completed there; failed,
   * it stays there, with the new reason beside the old one. Its lock is the server's from now on, in each case.
   *
   * @param connection the name of the connection that the entity is of; default: the one without a name
   * @throws Error if no binding of this process reads the entity; the lock is still the caller's then
   */
  redrive(entity: string, deadLetter: HeldDeadLetter, connection?: string): Promise<RedriveOutcome> {
    return this.control.redrive(entity, deadLetter, connection);
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
    const receivers = [...(this.receivers?.values() ?? [])];
    await Promise.all([...closing, ...receivers.map((one) => one.closeConnections())]);
    for (const one of receivers) one.close();
    this._status$.next('disconnected');
  }

  on<EventKey extends keyof ServiceBusEvents>(_event: EventKey, listener: ServiceBusEvents[EventKey]): void {
    this.errorListeners.push(listener);
  }

  /** The SDK's client that receives from the namespace without a name, or from the first where each has one. */
  unwrap<T>(): T {
    const receivers = this.receivers?.get(undefined) ?? [...(this.receivers?.values() ?? [])][0];
    if (!receivers) {
      throw new Error('the server is not listening yet: call startAllMicroservices() first');
    }
    return receivers.client as T;
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
    const { clock, invoke, logger, outputs, control, observerOfBinding, rateStores } = this;
    const shared = { clock, invoke, logger, outputs, control, observerOfBinding, rateStores };
    const receivers = new Map(
      [...this.namespaces].map((namespace) => [namespace.name, new NamespaceReceivers(namespace, shared)]),
    );
    this.receivers = receivers;
    for (const routed of resolved) {
      const { binding } = routed;
      const consumer = receivers.get(binding.connection)?.start(routed, this.observerOf(binding));
      if (consumer) this.consumers.push(consumer);
      this.logger.log(describeBinding(binding));
    }
  }

  /** The bindings, as far as they are known by now. */
  private known(): Binding[] {
    return this.hasHandlers ? this.resolve().map(({ binding }) => binding) : this.bindings.declared();
  }

  private resolve(): RoutedBinding[] {
    this.declarations.declare();
    const names = handlerNames(this.modules, (pattern) => this.toRoute(pattern));
    const known = this.problems(this.bindings.declared());
    const resolved = resolveRoutes(this.registrations, this.bindings, names, known);
    // Those that are bound to the queue of their own name.
    const problems = this.problems(resolved.map(({ binding }) => binding));
    if (problems.length > 0) throw new ServiceBusConfigurationError(problems);
    return resolved;
  }

  /** What is wrong with connections and contracts, one line each. */
  private problems(bindings: readonly Binding[]): string[] {
    const contracts = [...this.namespaces].flatMap(({ publisher }) => publisher.problems());
    return [
      ...secondRootProblems(this.modules),
      ...bindings.flatMap((binding) => [
        ...this.namespaces.problemsOf(`binding "${binding.pattern}"`, binding.connection),
        ...this.rateStores.problemsOf(binding),
      ]),
      ...new Set(contracts),
    ];
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

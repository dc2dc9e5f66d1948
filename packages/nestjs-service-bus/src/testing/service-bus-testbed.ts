import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';

import { type ServiceBusMessage } from '@azure/service-bus';
import { type INestApplication, type INestMicroservice, type Type } from '@nestjs/common';
import { type Emulator, type EntityInspection } from 'service-bus-emulator';

import { connectionName, unknownConnection } from '../binding/connection-name.js';
import { nearestName } from '../binding/nearest-name.js';
import { type BindingPattern, parsePattern } from '../binding/pattern.js';
import { type Contract } from '../contract/contract.js';
import { type PublishOptions } from '../contract/publish-options.js';
import { ServiceBusPublisher } from '../contract/service-bus.publisher.js';
import { buildMessage } from '../client/build-message.js';
import { ServiceBusServer } from '../service-bus.server.js';
import {
  checkTestbedOptions,
  type ServiceBusTestbedOptions,
  type TestedConnection,
  type TestedConnectionOptions,
} from './testbed-options.js';
import { StartedBroker } from './test-broker.js';
import {
  type DeadLetteredMessage,
  type HandledMessage,
  Recorder,
  type RetriedMessage,
  type SentMessage,
} from './recorder.js';
import { type Recording } from './recording.js';
import { TestClock } from './test-clock.js';
import { compile, start, testedModules } from './tested-application.js';
import { type BindingNow, whatIsUnsettled, whatWaits } from './what-is-unsettled.js';

/** After so many turns of the event loop the processor is left to others, who may be what is waited for. */
const EAGER_TURNS = 200;
/** Less than the five seconds that test runners give a test: what they would say of it tells nothing. */
const DEFAULT_TIMEOUT_MS = 3_000;
/** Of an application that starts, which a busy machine takes its time for. */
const START_TIMEOUT_MS = 10_000;
const UNANSWERED = 'a lock is being renewed, a session released, or the store of a rate asked';

/**
 * An application under test, on a Service Bus of its own whose clock the test moves:
 *
 * ```ts
 * const bus = await ServiceBusTestbed.create({ imports: [OrdersModule] });
 * await bus.send('orders', { id: 6 });
 * await bus.settled();
 * expect(bus.sent.one({ to: 'billing' }).body).toEqual({ orderId: 6 });
 * await bus.close();
 * ```
 */
export class ServiceBusTestbed {
  private closing?: Promise<void>;
  /** Whether something was waited for in vain: then its end is not waited for again. */
  private hasGivenUp = false;

  private constructor(
    /** The application: a microservice, or with the option `http` a whole one. */
    readonly app: INestMicroservice | INestApplication,
    /** The broker, to look into it or to have it fail. */
    readonly emulator: Emulator,
    /** What the test moves time with. */
    readonly clock: TestClock,
    private readonly recorder: Recorder,
    private readonly brokers: readonly StartedBroker[],
    private readonly timeoutMs: number,
  ) {}

  /**
   * Starts a broker and the application on it; resolves when all of its bindings receive. The modules need no
   * `ServiceBusModule.forRoot`; where they have one, its options give way. Rejects with what the application's start
   * fails with.
   */
  static async create(options: ServiceBusTestbedOptions): Promise<ServiceBusTestbed> {
    checkTestbedOptions(options);
    const recorder = new Recorder();
    const nowMs = Date.now();
    const startBroker = (name: string | undefined, its: TestedConnectionOptions): Promise<StartedBroker> =>
      StartedBroker.start(name, its, nowMs, (message, connection) => recorder.accepted(message, connection));
    const first = await startBroker(undefined, options);
    const { emulator } = first;
    const brokers = [first];
    let app: INestMicroservice | INestApplication | undefined;
    try {
      const clock: TestClock = new TestClock(first.clock, (step): Promise<void> => testbed.still(step));
      const tested = await testedModules(options, emulator);
      for (const name of tested.names) {
        const broker = await startBroker(name, options.connections?.[name] ?? {});
        brokers.push(broker);
        clock.add(broker.clock);
      }
      const module = await compile(options, tested, brokers, clock, recorder);
      const strategy = module.get(ServiceBusServer, { strict: false });
      app =
        options.http === true ? module.createNestApplication() : module.createNestMicroservice({ strategy });
      if (options.logger !== undefined) app.useLogger(options.logger);
      options.configure?.(app);
      const { timeoutMs = DEFAULT_TIMEOUT_MS } = options;
      const testbed: ServiceBusTestbed = new ServiceBusTestbed(
        app,
        emulator,
        clock,
        recorder,
        brokers,
        timeoutMs,
      );
      await start(app, strategy, module, brokers);
      await testbed.settled({ timeoutMs: Math.max(timeoutMs, START_TIMEOUT_MS) });
      return testbed;
    } catch (error) {
      await app?.close().catch(() => undefined);
      await Promise.all(brokers.map((broker) => broker.close()));
      throw error;
    }
  }

  /** What the application has sent. */
  get sent(): Recording<SentMessage> {
    return this.recorder.sent;
  }

  /** Messages whose work is done. */
  get completed(): Recording<HandledMessage> {
    return this.recorder.completed;
  }

  /** Attempts that failed and are made again. */
  get retried(): Recording<RetriedMessage> {
    return this.recorder.retried;
  }

  /** Messages that handlers have deferred. */
  get deferred(): Recording<HandledMessage> {
    return this.recorder.deferred;
  }

  /** Messages that the application has dead-lettered. What the broker dead-letters is seen with `entity`. */
  get deadLettered(): Recording<DeadLetteredMessage> {
    return this.recorder.deadLettered;
  }

  /** Has the broker fail on order. */
  get faults(): Emulator['faults'] {
    return this.emulator.faults;
  }

  /** Looks into a queue (`orders`), a subscription (`events/Subscriptions/audit`) or dead letters (`orders/$DeadLetterQueue`). */
  entity(address: string): EntityInspection {
    return this.emulator.entity(address);
  }

  /** The broker of the connection of this name, where the application has several. */
  connection(name: string): TestedConnection {
    const broker = this.brokerOf(name);
    return {
      emulator: broker.emulator,
      faults: broker.emulator.faults,
      entity: (address) => broker.emulator.entity(address),
      send: (to, payload) =>
        this.deliver(broker, to, buildMessage({ pattern: to, data: payload }, undefined, this.clock.now)),
    };
  }

  /** A provider of the application, from whatever module. */
  get<Provider>(token: { readonly prototype: Provider } | string | symbol): Provider {
    return this.app.get<Provider>(token as Type<Provider>, { strict: false });
  }

  /**
   * Sends a message to the entity that a pattern's binding reads, or to the queue or topic of this name; resolves when
   * the broker has it. The payload goes as a client's does: `new ServiceBusMessageBuilder(payload)` sets more of it.
   */
  async send(to: BindingPattern, payload: unknown): Promise<void> {
    const { broker, entity, subject } = this.destinationOf(to);
    await this.deliver(broker, entity, buildMessage({ pattern: to, data: payload }, subject, this.clock.now));
  }

  /**
   * Sends a message of the SDK, as another client of the bus might, to the entity of a binding, or to the queue or topic
   * of this name; resolves when the broker has it. One without a `messageId` gets one.
   */
  async sendMessage(to: BindingPattern, message: ServiceBusMessage): Promise<void> {
    const { broker, entity } = this.destinationOf(to);
    await this.deliver(broker, entity, { messageId: randomUUID(), ...message });
  }

  /**
   * Publishes as the application does, validated and typed by the contract; resolves when the broker has the message.
   * Rejects as `ServiceBusPublisher.publish` does.
   */
  async publish<Payload>(
    contract: Contract<Payload>,
    payload: NoInfer<Payload>,
    options: PublishOptions = {},
  ): Promise<void> {
    const messageId = options.messageId ?? randomUUID();
    this.recorder.sending(String(messageId));
    await this.get(ServiceBusPublisher).publish(contract, payload, { ...options, messageId });
  }

  /**
   * Resolves when nothing is left to do at this time of the clock: no message on its way, no handler at work, no
   * settlement unanswered. What waits for its time (a retry, a scheduled message, the end of a pause) may be left.
   * Rejects with what is still to be done if that does not end in `timeoutMs` of real time.
   */
  settled({ timeoutMs = this.timeoutMs }: { readonly timeoutMs?: number } = {}): Promise<void> {
    return this.until(() => this.unsettled(), timeoutMs);
  }

  /** Stops the application as a shutdown does, and then the broker. */
  close(): Promise<void> {
    this.closing ??= this.end();
    return this.closing;
  }

  /** @see close */
  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  /** Forgets what was sent and handled so far. */
  clear(): void {
    this.recorder.clear();
  }

  private still({ awaitHandlers = true }: { readonly awaitHandlers?: boolean }): Promise<void> {
    if (awaitHandlers) return this.settled();
    return this.until(() => (this.server.isUnanswered ? [UNANSWERED] : []));
  }

  private get server(): ServiceBusServer {
    return this.app.get(ServiceBusServer, { strict: false });
  }

  private unsettled(): string[] {
    const reasons = this.now().flatMap((now) =>
      whatIsUnsettled(now).map((reason) => `${now.binding.pattern}: ${reason}`),
    );
    return reasons.length === 0 && this.server.isUnanswered ? [UNANSWERED] : reasons;
  }

  private now(): BindingNow[] {
    const { recorder, server } = this;
    const bindings = new Map(recorder.bindings.map((binding) => [binding.pattern, binding]));
    return server.health().flatMap((health) => {
      const binding = bindings.get(health.pattern);
      if (!binding) return [];
      return [
        {
          binding,
          health,
          entity: this.brokerOf(binding.connection).emulator.entity(binding.entityPath),
          hand: recorder.inHand(binding.pattern),
        },
      ];
    });
  }

  private async until(pending: () => readonly string[], timeoutMs = this.timeoutMs): Promise<void> {
    const startedAtMs = performance.now();
    for (let turn = 0; ; turn++) {
      const reasons = pending();
      if (reasons.length === 0) return;
      if (performance.now() - startedAtMs > timeoutMs) {
        this.hasGivenUp = true;
        throw this.notSettled(reasons, timeoutMs);
      }
      if (turn < EAGER_TURNS) await new Promise((resolve) => setImmediate(resolve));
      else await delay(1);
    }
  }

  private notSettled(reasons: readonly string[], timeoutMs: number): Error {
    const waiting = this.now().flatMap((now) => {
      const what = whatWaits(now);
      return what === undefined ? [] : [`${now.binding.pattern}: ${what}`];
    });
    if (this.clock.delayedAnswers > 0)
      waiting.push(
        'the broker: answers that are delayed, to which advance(…, { awaitHandlers: false }) moves on',
      );
    const lines = [`the application has not settled in ${timeoutMs} ms:`, ...reasons];
    if (waiting.length > 0) lines.push('and until the clock is moved on, these wait:', ...waiting);
    return new Error(lines.map((line) => (line.endsWith(':') ? line : `  ${line}`)).join('\n'));
  }

  private brokerOf(name: string | undefined): StartedBroker {
    const found = this.brokers.find((broker) => broker.name === connectionName(name));
    if (found) return found;
    const known = this.brokers.map((broker) => broker.name);
    throw new Error(unknownConnection('the test', name, known));
  }

  private async deliver(broker: StartedBroker, entity: string, message: ServiceBusMessage): Promise<void> {
    if (this.closing) throw new Error(`nothing can be sent to ${entity}: the testbed is closed`);
    this.recorder.sending(String(message.messageId));
    await broker.senderOf(entity).sendMessages(message);
  }

  private destinationOf(to: BindingPattern): Destination {
    const { binding: name, subject } = parsePattern(to);
    const { bindings } = this.recorder;
    const { entity = name, connection } = bindings.find(({ pattern }) => pattern === name) ?? {};
    const broker = this.brokerOf(connection);
    if (broker.has(entity)) return { broker, entity, subject };
    const { entityNames } = this.emulator;
    const nearest = nearestName(name, [...bindings.map(({ pattern }) => pattern), ...entityNames]);
    const isEmpty = bindings.length === 0;
    const hint = isEmpty
      ? 'nothing under test has a handler: name its module in imports, or its class in controllers'
      : 'the option entities makes one';
    const question = nearest === undefined ? hint : `did you mean "${nearest}"?`;
    throw new Error(`there is no binding, queue or topic "${name}": ${question}`);
  }

  private async end(): Promise<void> {
    if (this.hasGivenUp && this.unsettled().length > 0) await this.server.drain(0);
    await this.app.close();
    await Promise.all(this.brokers.map((broker) => broker.close()));
  }
}

interface Destination {
  readonly broker: StartedBroker;
  readonly entity: string;
  readonly subject: string | undefined;
}

import { type ServiceBusClient } from '@azure/service-bus';
import { type Logger } from '@nestjs/common';

import { resolveBinding } from '../../../src/binding/resolve-binding.js';
import { RouteTable } from '../../../src/binding/route-table.js';
import { ClientSource } from '../../../src/sdk/connection/client-source.js';
import { handle } from '../../../src/message/handle.js';
import { openBindingRuntime } from '../../../src/runtime/open-binding-runtime.js';
import { type Clock } from '../../../src/time/clock.js';
import { Consumer } from '../../../src/receive/consumer.js';
import { LockRenewer } from '../../../src/delivery/lock-renewer.js';
import { SessionConsumer } from '../../../src/receive/sessions/session-consumer.js';
import { type Conditions } from '../broker/conditions.js';
import { SimulatedClient } from '../broker/simulated-client.js';
import { SimulatedConnection } from '../broker/simulated-connection.js';
import { type SimulatedBroker, START_MS } from '../broker/simulated-broker.js';
import { type Plan } from '../plan.js';
import { type Random } from '../world/random.js';
import { type Owner, type VirtualTime } from '../world/virtual-time.js';
import { type Judge } from './judge.js';
import { LockBook } from './lock-book.js';
import { type SimulatedRateStore } from './simulated-rate-store.js';
import { scriptedBatchHandler, scriptedHandler } from './scripted-handler.js';
import { type Output } from './scripted-handler.js';
import { WatchedSenderPool } from './watched-sender-pool.js';

export const INPUT_QUEUE = 'in';
export const OUTPUT_QUEUE = 'out';

/** A drain gives back messages that wait for a retry within this time. */
const WAITERS_LEAVE_MS = 10;
/** Of a slow process: everything has to be done in the end. */
const LONGEST_WORK_MS = 60_000;

/** What all processes of a run share. */
export interface Surroundings {
  readonly plan: Plan;
  readonly time: VirtualTime;
  readonly random: Random;
  readonly conditions: Conditions;
  readonly broker: SimulatedBroker;
  readonly judge: Judge;
  readonly note: (what: string) => void;
  readonly rateStore: SimulatedRateStore | undefined;
}

/** The runtime of one process: the server's parts, put together as the server does. */
export class RuntimeProcess implements Owner {
  isDead = false;
  /** Undefined until a drain has begun, or ended. */
  drainBeganAtMs?: number;
  drainedAtMs?: number;
  closedAtMs?: number;
  /** Undefined unless somebody has paused it. */
  pausedAtMs?: number | undefined;
  /** Sequence numbers of messages whose work is done and whose completion was requested. */
  readonly finished = new Set<number>();
  /** Batch calls that are running. */
  batchCalls = 0;
  readonly book: LockBook;
  /** The first connection, and one more for each client that the watchdog has replaced. */
  /** When its handlers have begun. */
  readonly startsMs: number[] = [];
  readonly receiving: SimulatedConnection[] = [];
  readonly sending: SimulatedConnection;
  readonly locks: LockRenewer;
  readonly consumer: Consumer | SessionConsumer;
  private readonly clients: ClientSource;
  private readonly senders: WatchedSenderPool;

  constructor(
    readonly name: string,
    private readonly surroundings: Surroundings,
    private readonly slowness?: Plan['slowOne'],
  ) {
    const { time, random, conditions, broker, judge, plan } = surroundings;
    const chance = random.fork();
    // The machine's clock may differ from the broker's.
    const skewMs = plan.skewMs + (random.chance(0.2) ? random.between(-1_000, 1_000) : 0);
    const clock: Clock = {
      now: () => time.nowMs,
      wallTime: () => START_MS + time.nowMs + skewMs,
      random: () => chance.next(),
    };
    this.locks = new LockRenewer(clock);
    this.book = new LockBook(
      clock,
      this.locks.brokerClock,
      (lockToken, sequenceNumber) => judge.completing(this, lockToken, sequenceNumber),
      (content) => judge.leaving(this, content),
    );
    this.sending = new SimulatedConnection(time, conditions, this);
    const sendingClient = new SimulatedClient(broker, this.sending, this.book).asServiceBusClient();
    this.senders = new WatchedSenderPool(sendingClient, ({ body }) => judge.sending(this, body as Output));
    this.clients = new ClientSource(() => this.makeClient());
    this.consumer = this.makeConsumer(clock);
  }

  get isDraining(): boolean {
    return this.drainBeganAtMs !== undefined;
  }

  /** How long work takes here that takes so long by plan. */
  workMs(plannedMs: number): number {
    const { slowness } = this;
    if (!slowness || this.surroundings.time.nowMs < slowness.fromMs) return plannedMs;
    return Math.max(plannedMs, Math.min(plannedMs * slowness.times, LONGEST_WORK_MS));
  }

  start(): void {
    this.consumer.start();
  }

  pause(): void {
    if (this.isDraining) return;
    this.pausedAtMs ??= this.surroundings.time.nowMs;
    void this.consumer.pause('by plan');
  }

  resume(): void {
    this.pausedAtMs = undefined;
    this.consumer.resume();
  }

  /** Shuts down as the application does: drain, close, senders last. */
  async shutDown(): Promise<void> {
    const { time, plan, judge } = this.surroundings;
    this.drainBeganAtMs = time.nowMs;
    time.after(WAITERS_LEAVE_MS, () => {
      const { waitingForRetry } = this.consumer.health();
      if (waitingForRetry > 0)
        judge.violation(`${this.name} lets ${waitingForRetry} messages wait in a drain`);
    });
    await this.consumer.drain(plan.graceMs);
    this.drainedAtMs = time.nowMs;
    await this.consumer.close();
    this.locks.close();
    await this.clients.close();
    await this.senders.close();
    this.closedAtMs = time.nowMs;
  }

  /** Kills the process without any cleanup. */
  kill(): void {
    this.isDead = true;
    for (const connection of this.receiving) connection.die();
    this.sending.die();
  }

  private makeConsumer(clock: Clock): Consumer | SessionConsumer {
    const { plan, judge } = this.surroundings;
    const binding = resolveBinding('work', {
      ...plan.binding,
      queue: INPUT_QUEUE,
      ...(plan.hasOutput && { replyTo: OUTPUT_QUEUE }),
    });
    const routes = new RouteTable('work');
    const handler = plan.binding.batch ? scriptedBatchHandler(judge, this) : scriptedHandler(judge, this);
    routes.add({ pattern: 'work', handler, name: 'Simulated.work', isEvent: false });
    const runtime = openBindingRuntime({
      binding,
      routes,
      invoke: handle,
      senders: this.senders,
      inputSenders: this.senders,
      outputSenders: this.senders,
      foreignSenders: this.senders,
      clock,
      brokerClock: this.locks.brokerClock,
      logger: this.logger(),
      rateStore: this.surroundings.rateStore,
    });
    const observer = { receiving: () => undefined, failing: () => undefined };
    return binding.sessions
      ? new SessionConsumer(this.clients, binding.sessions, this.locks, runtime, observer)
      : new Consumer(this.clients, this.locks, runtime, observer);
  }

  private makeClient(): ServiceBusClient {
    const { broker, time, conditions } = this.surroundings;
    const connection = new SimulatedConnection(time, conditions, this);
    this.receiving.push(connection);
    return new SimulatedClient(broker, connection, this.book).asServiceBusClient();
  }

  private logger(): Logger {
    const write = (line: unknown): void => this.surroundings.note(`${this.name} logs ${String(line)}`);
    return { log: write, warn: write, error: write, debug: write, verbose: write } as unknown as Logger;
  }
}

import { type ServiceBusSessionReceiver } from '@azure/service-bus';

import { type Binding, type SessionOptions } from '../../binding/binding.js';
import { nameBinding } from '../../binding/describe-binding.js';
import { type ClientSource, describeRefusal, errorCode } from '../../sdk/index.js';
import { type BindingRuntime } from '../../message/binding-runtime.js';
import { within } from '../../time/within.js';
import { type ConsumerHealth } from '../health/consumer-health.js';
import { DrainedError } from '../../exceptions/drained.error.js';
import { type LockRenewer } from '../../delivery/lock-renewer.js';
import { Pausing } from '../health/pausing.js';
import { Progress } from '../health/progress.js';
import { ReceiverLog } from '../health/receiver-log.js';
import { type ConsumerObserver } from '../health/receiving-state.js';
import { type HeldDeadLetter, type RedriveOutcome } from '../redrive/redrive.js';
import { openRate } from '../concurrency/open-rate.js';
import { type Rate } from '../concurrency/rate.js';
import { Slots } from '../concurrency/slots.js';
import { Redriver } from '../redrive/redriver.js';
import { AnnouncedAttempts } from './announced-attempts.js';
import { SessionAcceptor } from './session-acceptor.js';
import { SessionRun } from './session-run.js';
import { SessionTurn } from './session-turn.js';

const LAST_SETTLEMENTS_MS = 2_000;
/**
 * Each session takes a link and an AMQP session, and rhea visits all of a connection's on every write: the more
 * there are, the more a message costs.
 */
const MAX_SESSIONS_PER_CONNECTION = 200;
/** Delay before a lost session is requested again: the cause of the loss may still be there. */
const AFTER_LOSS_MS = 100;

/** The state of a binding with sessions. */
export interface SessionConsumerHealth extends ConsumerHealth {
  /** Sessions held. */
  readonly sessions: number;
}

/** A connection, and who accepts sessions on it: another one after each pause. */
interface Lane {
  acceptor: SessionAcceptor;
}

/** Accepts up to `maxConcurrentSessions` sessions of one binding, and processes their messages. */
export class SessionConsumer {
  readonly binding: Binding;
  private readonly progress: Progress;
  private readonly pausing: Pausing;
  /** One per connection; another is added when all places of the existing ones are taken. */
  private readonly lanes: Lane[] = [];
  /** Those who keep places filled wait here while the binding is paused. */
  private readonly resumed: (() => void)[] = [];
  private readonly announced = new AnnouncedAttempts();
  private readonly runs = new Set<SessionRun>();
  private readonly latestRuns = new Map<string, SessionRun>();
  private places = 0;
  private error?: Error;
  private readonly log: ReceiverLog;
  private readonly rate: Rate | undefined;
  /** Of a binding with a rate: where sessions wait for it. */
  private readonly turns: Slots | undefined;
  private isDraining = false;
  private redriver?: Redriver;

  constructor(
    private readonly clients: ClientSource,
    private readonly options: SessionOptions,
    private readonly locks: LockRenewer,
    private readonly runtime: BindingRuntime,
    private readonly observer: ConsumerObserver,
  ) {
    this.binding = runtime.binding;
    this.rate = openRate(runtime.binding, runtime);
    this.turns = this.rate && new Slots(Infinity, this.rate);
    this.progress = new Progress(runtime.clock);
    this.log = new ReceiverLog(this.describe(), runtime.logger, runtime.clock);
    this.pausing = new Pausing(this.describe(), runtime.logger, runtime.clock);
  }

  start(): void {
    this.open(this.clients);
  }

  /**
   * Accepts no session until `resume`, and releases those that are held: each once its handler has ended, and its
   * message's wait for a retry. May be called before the start.
   */
  pause(reason?: string): Promise<void> {
    const inWork = this.busyRuns().length;
    if (!this.isDraining && this.pausing.begin(inWork, reason)) {
      for (const { acceptor } of this.lanes) acceptor.close();
      for (const run of this.runs) run.retreat();
      this.redriver?.pause();
      this.error = undefined;
      this.observer.receiving();
    }
    return Promise.resolve();
  }

  resume(): void {
    if (this.isDraining || !this.pausing.end()) return;
    this.log.resumed();
    for (const lane of this.lanes) lane.acceptor = lane.acceptor.renewed();
    this.redriver?.resume();
    this.goOn();
    this.observer.receiving();
  }

  /** When the oldest message in hand was received. */
  oldestReceivedAtMs(): number | undefined {
    const times = [...this.runs].flatMap(({ receivedAtMs }) => receivedAtMs ?? []);
    return times.length === 0 ? undefined : times.reduce((oldest, time) => Math.min(oldest, time));
  }

  /** Whether a session is on its way back to the broker, or the store of its rate is asked. */
  get isUnanswered(): boolean {
    return (
      this.rate?.isAsking === true || [...this.runs].some(({ isStopping, isLost }) => isStopping || isLost)
    );
  }

  /** Whether the binding counts as up: what `health` says, without the details. */
  get isReceiving(): boolean {
    return !this.isDraining && (this.pausing.isPaused || (!this.error && this.isAccepting));
  }

  health(): SessionConsumerHealth {
    const { pattern, entityPath } = this.binding;
    const runs = [...this.runs];
    const waitingForRetry = runs.filter((run) => run.isWaitingForRetry).length;
    const inWork = runs.filter((run) => run.isBusy).length - waitingForRetry;
    const details = {
      pattern,
      entityPath,
      inWork,
      waitingForRetry,
      maxConcurrentCalls: this.options.maxConcurrentSessions,
      sessions: runs.length,
      ...this.rateHealth(),
      ...this.progress.health(),
    };
    if (this.isDraining) return { ...details, state: 'draining' };
    const paused = this.pausing.health();
    if (paused) return { ...details, ...paused };
    if (!this.error) return { ...details, state: this.isAccepting ? 'receiving' : 'connecting' };
    const error = { code: errorCode(this.error) ?? this.error.name, message: this.error.message };
    return { ...details, state: 'failing', error };
  }

  /** Has a dead letter of its entity handled, whose lock is handed over with it; its session is held meanwhile. */
  redrive(deadLetter: HeldDeadLetter): Promise<RedriveOutcome> {
    const { clients, locks, runtime, rate } = this;
    this.redriver ??= Redriver.withSlots(clients, locks, runtime, rate);
    if (this.pausing.isPaused) this.redriver.pause();
    return this.redriver.redrive(deadLetter);
  }

  /**
   * Accepts no more sessions, lets handlers finish, and releases the sessions. Messages that are not done after
   * `graceMs` are given back.
   */
  async drain(graceMs: number): Promise<void> {
    if (this.isDraining) return;
    this.isDraining = true;
    const drained = this.log.drainBegins(this.busyRuns().length);
    this.stopAccepting();
    this.runtime.outputs.close();
    const redriven = this.redriver?.drain(graceMs);
    this.rate?.close();
    const ended = Promise.all([...this.runs].map((run) => run.drain()));
    const late = (await within(graceMs, ended)) === 'late' ? await this.interrupt() : 0;
    await redriven;
    drained(late);
  }

  /** Releases the sessions that are still held. */
  async close(): Promise<void> {
    this.isDraining = true;
    this.stopAccepting();
    for (const run of this.runs) run.lose(new DrainedError());
    this.rate?.close();
    await Promise.all([...this.runs].map((run) => run.finish()));
  }

  private rateHealth(): Pick<ConsumerHealth, 'rate'> {
    const { rate, turns } = this;
    if (!rate || !turns) return {};
    return { rate: rate.health(turns.waiting) };
  }

  private get isAccepting(): boolean {
    return this.lanes.some(({ acceptor }) => acceptor.isAccepting);
  }

  /** Opens a connection, and fills its places with sessions. */
  private open(clients: ClientSource): void {
    const observer = {
      changed: (): void => this.changed(),
      refused: (error: Error): void => this.refused(error),
    };
    const lane = { acceptor: new SessionAcceptor(clients, this.binding, observer, this.runtime.clock) };
    this.lanes.push(lane);
    const left = this.options.maxConcurrentSessions - this.places;
    const places = Math.min(left, MAX_SESSIONS_PER_CONNECTION);
    this.places += places;
    for (let place = 0; place < places; place++) void this.keepFilled(lane);
  }

  /** Keeps one place filled with a session. */
  private async keepFilled(lane: Lane): Promise<void> {
    while (!this.isDraining) {
      if (this.pausing.isPaused) {
        await new Promise<void>((resolve) => this.resumed.push(resolve));
        continue;
      }
      const { acceptor } = lane;
      const receiver = await acceptor.next();
      if (!receiver) continue;
      const run = this.begin(receiver);
      await run.ended;
      this.runs.delete(run);
      if (this.latestRuns.get(run.sessionId) === run) this.latestRuns.delete(run.sessionId);
      if (run.isLost) await acceptor.pause(AFTER_LOSS_MS);
    }
  }

  private begin(receiver: ServiceBusSessionReceiver): SessionRun {
    const { locks, runtime, progress, announced, options, turns } = this;
    const turn = turns && new SessionTurn(turns);
    const run = new SessionRun(receiver, locks, runtime, progress, options.idleTimeoutMs, announced, turn);
    // The broker grants a session to one holder at a time: an earlier run here has lost it, maybe without knowing.
    this.latestRuns.get(run.sessionId)?.lose();
    this.latestRuns.set(run.sessionId, run);
    this.runs.add(run);
    locks.add(run);
    // Its grant was longer on its way than its lock lasts.
    if (run.inDoubt) void run.inDoubt.then(() => run.isLost || run.isStopping || run.start());
    else run.start();
    // A drain or a pause may have begun since the grant.
    if (this.isDraining) void run.drain();
    else if (this.pausing.isPaused) run.retreat();
    else if (this.runs.size === this.places && this.places < this.options.maxConcurrentSessions) {
      this.open(this.clients.fork());
    }
    return run;
  }

  private stopAccepting(): void {
    for (const { acceptor } of this.lanes) acceptor.close();
    this.goOn();
  }

  /** Nobody waits for the end of a pause any more. */
  private goOn(): void {
    for (const resolve of this.resumed.splice(0)) resolve();
  }

  private changed(): void {
    if (this.isAccepting) {
      this.error = undefined;
      this.log.connected(this.runtime.clock.now());
    }
    this.observer.receiving();
  }

  private refused(error: Error): void {
    if (this.isDraining) return;
    // Compare codes, not messages: a message contains a tracking id that changes each time.
    const isNew = !this.error || errorCode(this.error) !== errorCode(error);
    this.error = error;
    this.progress.failed(error);
    this.log.failed();
    if (isNew) {
      const cause = describeRefusal(error, 'Listen');
      this.runtime.logger.error(`${this.describe()}: not receiving, keeps trying: ${cause}`);
    }
    this.observer.failing(error);
  }

  private busyRuns(): SessionRun[] {
    return [...this.runs].filter((run) => run.isBusy);
  }

  /** Returns how many messages it had to give back. */
  private async interrupt(): Promise<number> {
    const late = this.busyRuns();
    if (late.length > 0) {
      this.runtime.logger.warn(
        `${this.describe()}: ${late.length} messages were not done in time and are given back`,
      );
    }
    const given = Promise.all([...this.runs].map((run) => run.interrupt(new DrainedError())));
    await within(LAST_SETTLEMENTS_MS, given);
    return late.length;
  }

  private describe(): string {
    return nameBinding(this.binding, ', sessions');
  }
}

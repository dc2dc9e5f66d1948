import { type ServiceBusReceivedMessage } from '@azure/service-bus';

import { type Binding } from '../binding/binding.js';
import { nameBinding } from '../binding/describe-binding.js';
import { type ClientSource } from '../sdk/index.js';
import { type BindingRuntime, type MessageRuntime } from '../message/binding-runtime.js';
import { within } from '../time/within.js';
import { Backlog } from './concurrency/backlog.js';
import { Capacity } from './concurrency/capacity.js';
import { type ConsumerHealth } from './health/consumer-health.js';
import { ConsumerWatch } from './watchdog/consumer-watch.js';
import { Delivery } from '../delivery/delivery.js';
import { describeError } from '../exceptions/describe-error.js';
import { DrainedError } from '../exceptions/drained.error.js';
import { giveBack } from '../delivery/give-back.js';
import { InWork } from './links/in-work.js';
import { type LockRenewer } from '../delivery/lock-renewer.js';
import { LinkChain } from './links/link-chain.js';
import { type LinkOwner, ReceiverLink } from './links/receiver-link.js';
import { OpeningLine } from './links/opening-line.js';
import { ReceiverSupply } from './links/receiver-supply.js';
import { Pausing } from './health/pausing.js';
import { Progress } from './health/progress.js';
import { type ConsumerObserver, ReceivingState } from './health/receiving-state.js';
import { BatchDispatcher } from './concurrency/batch-dispatcher.js';
import { type Dispatcher, SingleDispatcher } from './concurrency/dispatcher.js';
import { type HeldDeadLetter, type RedriveOutcome } from './redrive/redrive.js';
import { Redriver } from './redrive/redriver.js';
import { WaitingRoom } from '../message/waiting-room.js';

const LAST_SETTLEMENTS_MS = 2_000;

/** Receives the messages of one binding and processes them within the binding's limits. */
export class Consumer implements LinkOwner {
  readonly binding: Binding;
  private readonly capacity: Capacity;
  private readonly dispatcher: Dispatcher;
  private readonly waitingRoom: WaitingRoom;
  private readonly runtime: MessageRuntime;
  private readonly supply: ReceiverSupply;
  private readonly links: LinkChain;
  private readonly watch: ConsumerWatch;
  private readonly receiving: ReceivingState;
  private readonly progress: Progress;
  private readonly pausing: Pausing;
  private readonly inWork = new InWork();
  private isDraining = false;
  private isClosed = false;
  private givenBack = 0;
  /** Resolves when the broker has its credit back, of the last pause. */
  private halted = Promise.resolve();
  private redriver?: Redriver;

  constructor(
    private readonly clients: ClientSource,
    private readonly locks: LockRenewer,
    runtime: BindingRuntime,
    observer: ConsumerObserver,
  ) {
    const { clock, logger } = runtime;
    this.binding = runtime.binding;
    this.progress = new Progress(clock);
    this.waitingRoom = new WaitingRoom(clock, (delivery) => this.giveBack(delivery, delivery.attempt));
    this.runtime = { ...runtime, waitingRoom: this.waitingRoom };
    this.receiving = new ReceivingState(this.describe(), logger, observer, clock);
    this.pausing = new Pausing(this.describe(), logger, clock);
    const { inWork: held, waitingRoom: room } = this;
    this.capacity = new Capacity(
      this.binding,
      runtime,
      {
        inWork: held,
        get waitingForRetry() {
          return room.size;
        },
      },
      this.topUp,
      Backlog.of(clients).join(),
    );
    this.dispatcher = this.makeDispatcher(this.runtime);
    this.supply = new ReceiverSupply(clients, this.binding);
    const line = OpeningLine.of(clients);
    this.links = new LinkChain(() => {
      const { size, firstCredit } = this.capacity;
      return new ReceiverLink(this.supply.create(), firstCredit, this, clock, size, line);
    }, this.capacity);
    const { links, supply, capacity, waitingRoom, inWork } = this;
    const parts = { links, supply, capacity, waitingRoom, inWork };
    this.watch = new ConsumerWatch(parts, runtime, observer, () => this.settleElsewhere());
  }

  start(): void {
    this.links.start();
  }

  /**
   * Receives nothing until `resume`: gives back the messages that wait for their handlers, and lets handlers and waits
   * for a retry end. Resolves when nothing more can come. May be called before the start.
   */
  async pause(reason?: string): Promise<void> {
    if (!this.isDraining && this.pausing.begin(this.inWork.size, reason)) {
      this.capacity.pause();
      this.dispatcher.pause();
      this.redriver?.pause();
      this.receiving.paused();
      this.halted = this.links.pause();
    }
    await this.halted;
  }

  resume(): void {
    if (this.isDraining || !this.pausing.end()) return;
    this.receiving.resumed();
    this.capacity.resume();
    this.dispatcher.resume();
    this.redriver?.resume();
    void this.links.resume();
  }

  /** When the oldest message in hand was received. */
  oldestReceivedAtMs(): number | undefined {
    return this.inWork.oldestReceivedAtMs;
  }

  /** Whether the store of its rate has still to answer. */
  get isUnanswered(): boolean {
    return this.capacity.rate?.isAsking === true;
  }

  /** Whether the binding counts as up: what `health` says, without the details. */
  get isReceiving(): boolean {
    if (this.pausing.isPaused) return !this.isDraining;
    return !this.isDraining && !this.receiving.error && this.links.isReceiving && !this.watch.isDown;
  }

  health(): ConsumerHealth {
    const { pattern, entityPath } = this.binding;
    const counts = {
      inWork: this.inWork.size - this.waitingRoom.size,
      waitingForRetry: this.waitingRoom.size,
    };
    const details = {
      pattern,
      entityPath,
      ...counts,
      ...this.capacity.health(this.dispatcher.waiting),
      ...this.progress.health(),
    };
    if (this.isDraining) return { ...details, state: 'draining' };
    const paused = this.pausing.health();
    if (paused) return { ...details, ...paused };
    const health = this.receiving.health(this.links.isReceiving);
    return { ...details, ...health, ...(health.error ? {} : this.watch.health()) };
  }

  /** Has a dead letter of its entity handled, whose lock is handed over with it. */
  redrive(deadLetter: HeldDeadLetter): Promise<RedriveOutcome> {
    const { clients, locks, runtime, capacity } = this;
    this.redriver ??= new Redriver(clients, locks, runtime, capacity, (own) => this.makeDispatcher(own));
    if (this.pausing.isPaused) this.redriver.pause();
    return this.redriver.redrive(deadLetter);
  }

  receive(message: ServiceBusReceivedMessage, link: ReceiverLink): void {
    // It came while its link was closing, and goes back with it.
    if (this.isClosed) return;
    const { counting } = this.runtime;
    const delivery = new Delivery(message, this.supply.settler, link, link.takePlace(), counting);
    this.process(delivery, link).catch((error: unknown) => {
      // No handler can bring this about. The delivery has to end all the same, or nothing would ever be idle.
      this.runtime.logger.error(`${this.describe()}: a message is given back: ${describeError(error)}`);
      return this.giveBack(delivery, delivery.attempt);
    });
  }

  linkOpened(link: ReceiverLink): void {
    this.links.opened(link);
    this.receiving.opened(link);
  }

  linkLost(link: ReceiverLink): void {
    if (!this.isDraining) {
      if (link.wasRefused && link.lastError) this.linkFailed(link, link.lastError);
      this.links.lost(link);
    }
    this.settleElsewhere();
    this.receiving.lost(this.isDraining || this.pausing.isPaused || this.links.isReceiving);
  }

  linkClosed(): void {
    this.settleElsewhere();
  }

  linkReleased(link: ReceiverLink): void {
    this.links.released(link);
  }

  linkFailed(link: ReceiverLink, error: Error): void {
    if (this.isDraining || !this.links.isInUse(link)) return;
    this.progress.failed(error);
    this.receiving.failed(error);
  }

  /**
   * Stops receiving, gives back waiting messages, and lets handlers finish. After `graceMs`, aborts the signal of
   * those that still run and gives back their messages.
   */
  async drain(graceMs: number): Promise<void> {
    if (this.isDraining) return;
    this.isDraining = true;
    this.givenBack = 0;
    const drained = this.receiving.log.drainBegins(this.inWork.size);
    this.watch.close();
    this.capacity.close();
    this.dispatcher.close();
    this.waitingRoom.close();
    this.runtime.outputs.close();
    const stopped = Promise.all([this.links.stop(), this.redriver?.drain(graceMs)]);
    if ((await within(graceMs, this.inWork.idle())) === 'late') await this.interrupt();
    await stopped;
    drained(this.givenBack);
  }

  /** Closes all links. Messages not settled by now are delivered again when their locks expire. */
  async close(): Promise<void> {
    this.isClosed = true;
    for (const delivery of this.inWork) delivery.lose(new DrainedError());
    await this.links.close();
    await this.supply.close();
  }

  private async process(delivery: Delivery, link: ReceiverLink): Promise<void> {
    this.watch.arrivals++;
    this.runtime.observer?.received(delivery);
    this.inWork.add(delivery);
    this.locks.add(delivery);
    this.links.delivered(link);
    if (delivery.message.deliveryCount) await this.inWork.loseEarlierDeliveries(delivery);
    this.capacity.arrived(delivery);
    if (await this.dispatcher.dispatch(delivery)) {
      // What a drain gives back ends with that, not with its handler: until then it can still be lost.
      if (!delivery.isGivenBack && !this.waitingRoom.has(delivery)) this.end(delivery);
    } else {
      // Nobody has tried this message, so its next delivery is no further attempt.
      await this.giveBack(delivery, delivery.attempt - 1);
    }
  }

  private makeDispatcher(runtime: MessageRuntime): Dispatcher {
    const { batch } = this.binding;
    return batch
      ? new BatchDispatcher(this.capacity, batch, runtime, this.topUp)
      : new SingleDispatcher(this.capacity, runtime, this.topUp);
  }

  /** There may be room for more messages. */
  private readonly topUp = (): void => this.links.topUp();

  private settleElsewhere(): void {
    this.inWork.settleElsewhere(this.supply.settler, this.locks);
  }

  private async interrupt(): Promise<void> {
    const late = [...this.inWork];
    this.runtime.logger.warn(
      `${this.describe()}: ${late.length} messages were not done in time and are given back`,
    );
    for (const delivery of late) delivery.interrupt(new DrainedError());
    // A delivery that is settling has ended its attempt: only the broker's answer is missing.
    const unfinished = late.filter(({ isSettling }) => !isSettling);
    for (const delivery of unfinished) {
      delivery.isGivenBack = true;
      void this.giveBack(delivery, delivery.failedAttempts);
    }
    await within(LAST_SETTLEMENTS_MS, this.inWork.idle());
  }

  private async giveBack(delivery: Delivery, failedAttempts: number): Promise<void> {
    this.givenBack++;
    await giveBack(delivery, failedAttempts);
    this.end(delivery);
  }

  private end(delivery: Delivery): void {
    if (!this.inWork.delete(delivery)) return;
    this.progress.done();
    this.capacity.ended(delivery);
    this.locks.remove(delivery);
    delivery.link.release(delivery);
    this.topUp();
  }

  private describe(): string {
    return nameBinding(this.binding);
  }
}

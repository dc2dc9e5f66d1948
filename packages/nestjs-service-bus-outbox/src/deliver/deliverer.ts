import { randomUUID } from 'node:crypto';

import { within } from 'nestjs-service-bus';

import { type Closeable } from '../database/database.js';
import { type HeldLane, type OutboxStore, type WaitingMessage } from '../store/outbox-store.js';
import { type ResolvedDelivererOptions } from './deliverer-options.js';
import { type DelivererObserver } from './deliverer-observer.js';
import { type LaneResult, runLane } from './lane-run.js';
import { type MessageSender } from './message-sender.js';
import { FIRST_LOOK_MS, LookSchedule } from './look-schedule.js';
import { ReportBuilder } from './report-builder.js';
import { Waker } from './waker.js';

/** Bytes of one lane that are taken at once, so that large messages do not fill the memory. */
const MAX_BYTES_PER_LANE = 1_024 * 1_024;
/** A lease is worth nothing to us some time before it ends: clocks drift, and sending takes time. */
const LEASE_MARGIN = 0.2;
const LISTEN_AGAIN_MS = 100;
const LISTEN_AGAIN_MAX_MS = 30_000;
/** At the end, for a database that may not answer. */
const SETTLE_WITHIN_MS = 3_000;
/** Of more expected messages than this some are found by the next poll only, if nothing else wakes. */
const MAX_EXPECTED = 10_000;

/**
 * Takes waiting messages from the store, sends them, and takes note of what became of them. Any number of deliverers may
 * work on one outbox.
 *
 * No transaction is open while a message is on its way: a lane is leased by a short one, and given back by another, so a
 * slow broker holds neither connections nor the database's vacuum. Who dies in between leaves messages that may have been
 * sent; they are sent again with the same ids.
 */
export class Deliverer {
  /** Tells this deliverer from all others, those before a restart included. */
  readonly owner = randomUUID();
  /** Lanes that are leased to us, from their claim until the database knows what has become of their messages. */
  private readonly held = new Set<number>();
  /** Those of them with messages on their way. */
  private readonly running = new Map<number, Promise<void>>();
  private readonly report: ReportBuilder;
  private readonly schedule: LookSchedule;
  private readonly waker = new Waker();
  /** Ids of messages that this process has added, and has not seen yet. */
  private readonly expected = new Set<string>();
  private looking?: Promise<void>;
  private firstLook?: NodeJS.Timeout | undefined;
  private renewal?: NodeJS.Timeout;
  private listening?: Closeable;
  private listenTimer?: NodeJS.Timeout;
  private listenAgainMs = LISTEN_AGAIN_MS;
  private isStopping = false;
  private failuresInARow = 0;

  constructor(
    private readonly store: OutboxStore,
    private readonly sender: MessageSender,
    private readonly options: ResolvedDelivererOptions,
    private readonly observer: DelivererObserver,
  ) {
    this.report = new ReportBuilder(options.retry);
    this.schedule = new LookSchedule(options.pollIntervalMs);
  }

  /** Begins to deliver; `stop` ends it. */
  start(): void {
    if (this.looking || this.isStopping) return;
    if (this.options.listens) void this.listen();
    this.renewal = setInterval(() => void this.renew(), this.options.leaseMs / 3);
    this.looking = this.run();
  }

  /** Looks for messages that this process has added, soon and again until their transaction has committed. */
  expect(messageIds: readonly string[]): void {
    if (!this.looking || this.isStopping) return;
    for (const id of messageIds) if (this.expected.size < MAX_EXPECTED) this.expected.add(id);
    this.schedule.expect();
    this.firstLook ??= setTimeout(() => {
      this.firstLook = undefined;
      this.waker.wake();
    }, FIRST_LOOK_MS);
  }

  /** Takes nothing more, waits for the broker's answers, and gives the lanes back. */
  async stop(): Promise<void> {
    this.isStopping = true;
    this.waker.wake();
    clearTimeout(this.listenTimer);
    clearTimeout(this.firstLook);
    const { stopTimeoutMs } = this.options;
    const deadlineMs = performance.now() + stopTimeoutMs;
    await within(stopTimeoutMs, Promise.resolve(this.looking));
    await within(deadlineMs - performance.now(), Promise.all(this.running.values()));
    clearInterval(this.renewal);
    // Lanes with messages still on their way stay leased: somebody else would send what may arrive at any moment.
    await within(
      SETTLE_WITHIN_MS,
      this.settle().catch((error: unknown) => this.observer.databaseFailed(error)),
    );
    await within(SETTLE_WITHIN_MS, this.listening?.close() ?? Promise.resolve());
  }

  private async run(): Promise<void> {
    while (!this.isStopping) {
      await this.waker.sleep(await this.tryLook());
    }
  }

  /** Returns how long to sleep. */
  private async tryLook(): Promise<number> {
    try {
      await this.look();
      if (this.failuresInARow > 0) this.observer.databaseAnswers();
      this.failuresInARow = 0;
      return this.schedule.pauseMs;
    } catch (error) {
      this.observer.databaseFailed(error);
      return Math.min(10_000, this.options.pollIntervalMs * 2 ** Math.min(this.failuresInARow++, 10));
    }
  }

  private async look(): Promise<void> {
    await this.settle();
    const { maxLanes, leaseMs, maxMessagesPerLane } = this.options;
    const lanes = maxLanes - this.held.size;
    if (this.isStopping) return;
    // All hands are full, with what the broker does not answer perhaps: nothing is amiss with the deliverer.
    if (lanes <= 0) return this.observer.looked();
    const deadlineMs = performance.now() + leaseMs * (1 - LEASE_MARGIN);
    const { promiseMs } = this.schedule;
    const held = [...this.held];
    const claimed = await this.store.claim(this.owner, { lanes, leaseMs, held, looksWithinMs: promiseMs });
    this.observer.looked();
    if (claimed.length === 0) return this.looked([], promiseMs);
    // If this fails, the next look claims the same lanes again.
    const limits = { messages: maxMessagesPerLane, bytes: MAX_BYTES_PER_LANE };
    const messages = await this.store.fetch(
      claimed.map(({ lane }) => lane),
      limits,
    );
    this.looked(messages, promiseMs);
    for (const lane of claimed) {
      const ofLane = messages.filter((message) => message.lane === lane.lane);
      this.begin(lane, ofLane, deadlineMs);
    }
  }

  private looked(messages: readonly WaitingMessage[], promiseMs: number): void {
    this.schedule.looked(messages.length, promiseMs);
    if (this.expected.size === 0) return;
    for (const { messageId } of messages) this.expected.delete(messageId);
    // Rolled back, or taken by another deliverer.
    if (this.schedule.isPatient) this.expected.clear();
    if (this.expected.size === 0) this.schedule.expectNothing();
  }

  private begin(lane: HeldLane, messages: readonly WaitingMessage[], deadlineMs: number): void {
    // Somebody else may hold the lane by now, if the database was slow to answer.
    const isOurs = performance.now() < deadlineMs;
    const run = runLane(lane, isOurs ? messages : [], this.sender).then((result) => {
      this.running.delete(lane.lane);
      this.report.add(result);
      this.observe(result);
      this.waker.wake();
    });
    this.held.add(lane.lane);
    this.running.set(lane.lane, run);
  }

  private observe({ sent, refused, unavailable, lane }: LaneResult): void {
    if (sent.length > 0) this.observer.sent(sent);
    for (const refusal of refused) this.observer.refused(refusal);
    if (unavailable) this.observer.unavailable(unavailable.destination, unavailable.error, lane.failures + 1);
  }

  private async settle(): Promise<void> {
    if (this.report.isEmpty) return;
    const results = this.report.take();
    try {
      await this.store.settle(this.owner, this.report.reportOf(results));
      // Not before: a lane that seemed free would be claimed with the messages that it had.
      for (const { lane } of results) this.held.delete(lane.lane);
    } catch (error) {
      this.report.putBack(results);
      throw error;
    }
  }

  private async renew(): Promise<void> {
    const lanes = [...this.held];
    if (lanes.length === 0) return;
    try {
      const ours = new Set(await this.store.renew(this.owner, lanes, this.options.leaseMs));
      const lost = lanes.filter((lane) => this.running.has(lane) && !ours.has(lane));
      if (lost.length > 0) this.observer.lanesLost(lost.length);
    } catch (error) {
      this.observer.databaseFailed(error);
    }
  }

  /** Again and again: without it messages wait for the next poll, with it they leave at once. */
  private async listen(): Promise<void> {
    const again = (error: unknown): void => {
      if (this.isStopping) return;
      this.listening = undefined;
      this.observer.deaf(error);
      this.listenTimer = setTimeout(() => void this.listen(), this.listenAgainMs);
      this.listenAgainMs = Math.min(this.listenAgainMs * 2, LISTEN_AGAIN_MAX_MS);
    };
    try {
      const listening = await this.store.listen(
        () => this.waker.wake(),
        (error) => {
          void listening.close().catch(() => undefined);
          again(error);
        },
      );
      if (this.isStopping) return await listening.close();
      this.listening = listening;
      this.listenAgainMs = LISTEN_AGAIN_MS;
      this.observer.listening();
      // What was announced before is not told any more.
      this.waker.wake();
    } catch (error) {
      again(error);
    }
  }
}

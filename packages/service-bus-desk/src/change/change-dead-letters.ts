import { randomUUID } from 'node:crypto';

import { deadLetterPath, type EntityAddress } from '../connection/entity-address.js';
import { type Namespace } from '../connection/namespace.js';
import { readFilter } from '../dead-letters/dead-letter-filter.js';
import { peekMessages } from '../dead-letters/peek-messages.js';
import { DeskError } from '../desk-error.js';
import { type MessageLock } from '../sdk/raw-receiver.js';
import { codeOf } from '../sdk/retrying.js';
import { type ChangeOptions, type RunOptions, type RunResult } from './change-options.js';
import { Journal, type Progress, type RunHeader } from './journal.js';
import { Pace } from './pace.js';
import { RunState } from './run-state.js';
import { type FoundMessage, Sweep } from './sweep.js';

/** What is done with each dead letter that is wanted. */
export interface Change {
  readonly action: RunHeader['action'];
  readonly target?: string;
  /** Does it, and returns what became of the messages. */
  perform(found: readonly FoundMessage[], work: ChangeWork): Promise<Performed>;
  /** Resolves when all of these have succeeded. @throws DeskError (`canary-failed`) if not */
  verify?(run: string, sequenceNumbers: readonly bigint[], signal: AbortSignal): Promise<void>;
  close?(): Promise<void>;
}

/** What a change has at hand. */
export interface ChangeWork {
  readonly state: RunState;
  readonly signal: AbortSignal;
  /** Takes a message's lock over: it is neither renewed nor given back here from now on. Undefined if it is lost. */
  readonly release: (found: FoundMessage) => { readonly lockedUntil: Date | undefined } | undefined;
}

/** The outcome of some messages. Those of none of the three come again. */
export interface Performed {
  /** May be removed. */
  readonly remove: readonly FoundMessage[];
  /** Are removed already. */
  readonly removed?: readonly FoundMessage[];
  /** Stay where they are. */
  readonly keep: readonly { readonly found: FoundMessage; readonly reason: string }[];
}

const CANARY = 10;
const BATCH_SIZE = 100;
const MAX_HELD = 100_000;
const WAIT_FOR_LOCKS_MS = 310_000;
/** After these a message only has to go. */
const LAST_STEPS = new Set<Progress | undefined>(['begun', 'sent']);
const NEVER = new AbortController().signal;

/** Changes the dead letters of an entity that a filter lets through: some first, then the others, in order. */
export async function changeDeadLetters(
  namespace: Namespace,
  address: EntityAddress,
  change: Change,
  options: ChangeOptions,
): Promise<RunResult> {
  const { action, target } = change;
  const journal = await openJournal(
    { action, host: namespace.host, entity: address.path, ...(target !== undefined && { target }) },
    options,
  );
  const run = new ChangeRun(namespace, address, change, journal, options);
  try {
    return await run.run();
  } finally {
    await journal.close();
    await change.close?.();
  }
}

/** Opens the journal that the options name, or one that is forgotten with the process. */
export async function openJournal(header: Omit<RunHeader, 'run'>, options: RunOptions): Promise<Journal> {
  const { journal: file, resume, dryRun } = options;
  if (resume && file === undefined) throw new DeskError('going on with a run needs its journal', 'bad-input');
  if (resume && file !== undefined) return Journal.resume(file, header);
  const named = { ...header, run: randomUUID().slice(0, 8) };
  return file === undefined || dryRun ? Journal.inMemory(named) : Journal.create(file, named);
}

class ChangeRun {
  private readonly state: RunState;
  private readonly pace: Pace | undefined;
  private readonly signal: AbortSignal;
  private readonly deferred: bigint[] = [];

  constructor(
    private readonly namespace: Namespace,
    private readonly address: EntityAddress,
    private readonly change: Change,
    private readonly journal: Journal,
    private readonly options: ChangeOptions,
  ) {
    this.state = new RunState(journal, options);
    this.pace = options.rate === undefined ? undefined : new Pace(options.rate);
    this.signal = options.signal ?? NEVER;
  }

  async run(): Promise<RunResult> {
    const { state, journal, options, signal } = this;
    const plan = journal.plan ?? (await this.plan());
    state.planned = plan.length;
    state.tell();
    if (options.dryRun) return state.result();
    const left = plan.filter((one) => journal.of(one) !== 'done');
    const { canary = CANARY } = options;
    const first = canary === false || state.done >= canary ? [] : left.slice(0, canary - state.done);
    if (first.length > 0) {
      await this.sweep(first);
      this.checkCanary(first.length);
      await this.change.verify?.(journal.header.run, first, signal);
    }
    await this.sweep(left.slice(first.length));
    return state.result();
  }

  /** Which messages it is about is decided once: what fails again meanwhile is not among them. */
  private async plan(): Promise<readonly bigint[]> {
    const { filter = {}, max = Infinity } = this.options;
    const { address, signal } = this;
    const isWanted = readFilter(filter, address.path);
    const plan: bigint[] = [];
    for await (const page of peekMessages(this.namespace, deadLetterPath(address), { signal })) {
      for (const message of page) {
        if (plan.length >= max || !isWanted(message)) continue;
        plan.push(message.sequenceNumber);
        if (message.state === 'deferred') this.deferred.push(message.sequenceNumber);
      }
      if (plan.length >= max) break;
    }
    if (!this.options.dryRun) await this.journal.notePlan(plan);
    return plan;
  }

  private async sweep(sequenceNumbers: readonly bigint[]): Promise<void> {
    if (sequenceNumbers.length === 0) return;
    const { options, state, signal, pace } = this;
    const sought = new Set(sequenceNumbers);
    const sweep = new Sweep(this.namespace, deadLetterPath(this.address), sought, {
      batchSize: Math.min(BATCH_SIZE, pace?.batchSize ?? BATCH_SIZE),
      maxHeld: options.maxHeld ?? MAX_HELD,
      waitForLocksMs: options.waitForLocksMs ?? WAIT_FOR_LOCKS_MS,
      deferred: this.deferred.filter((one) => sought.has(one)),
      signal,
      onHeld: (held) => {
        state.held = held;
        state.tell();
      },
    });
    await sweep.run(async (found) => {
      await pace?.next(found.length, signal);
      signal.throwIfAborted();
      const work = { state, signal, release: (one: FoundMessage) => sweep.release(one) };
      const { remove, keep, removed = [] } = await this.change.perform(found, work);
      await this.remove(remove, sought, sweep);
      for (const { message } of removed) sought.delete(message.sequenceNumber);
      await state.noteDone(removed.map(({ message }) => message.sequenceNumber));
      for (const { found: one } of keep) sought.delete(one.message.sequenceNumber);
      await state.noteFailed(
        keep.map(({ found: one, reason }) => ({ sequenceNumber: one.message.sequenceNumber, reason })),
      );
    });
    if (sought.size > 0) await this.explainMissing(sought);
  }

  /** What is gone although it was sent, or begun, was done by a run that was killed before it could write that down. */
  private async explainMissing(sought: ReadonlySet<bigint>): Promise<void> {
    const { address, signal, state } = this;
    const present = new Set<bigint>();
    for await (const page of peekMessages(this.namespace, deadLetterPath(address), { signal })) {
      for (const { sequenceNumber } of page) if (sought.has(sequenceNumber)) present.add(sequenceNumber);
    }
    const removed = [...sought].filter((one) => !present.has(one) && LAST_STEPS.has(this.journal.of(one)));
    await state.noteDone(removed);
    state.missing += sought.size - removed.length;
  }

  /** A message whose lock is lost comes again, and is only removed then: the journal says that it was sent. */
  private async remove(messages: readonly FoundMessage[], sought: Set<bigint>, sweep: Sweep): Promise<void> {
    const outcomes = await Promise.allSettled(messages.map(({ lock }) => lock.complete()));
    const removed: bigint[] = [];
    const locks: MessageLock[] = [];
    const failures: unknown[] = [];
    for (const [index, { lock, message }] of messages.entries()) {
      const outcome = outcomes[index];
      if (outcome?.status === 'fulfilled') removed.push(message.sequenceNumber);
      else if (codeOf(outcome?.reason) !== 'MessageLockLost') failures.push(outcome?.reason);
      locks.push(lock);
    }
    sweep.settled(locks);
    for (const one of removed) sought.delete(one);
    await this.state.noteDone(removed);
    if (failures.length > 0) throw failures[0];
  }

  private checkCanary(count: number): void {
    const { state } = this;
    if (state.failed === 0 && state.missing === 0) return;
    const why = state.firstFailure?.reason ?? 'it was gone, or somebody else has it';
    throw new DeskError(
      `of the first ${count} messages ${state.failed + state.missing} did not succeed, and the others were left alone: ${why}`,
      'canary-failed',
    );
  }
}

import { type Message } from '../../../../service-bus-emulator/src/model/queue/message.js';
import { STORE_TIMEOUT_MS } from '../../../src/receive/concurrency/ask-rate-store.js';
import { LockLostError } from '../../../src/exceptions/lock-lost.error.js';
import { type Outcome } from '../../../../service-bus-emulator/src/model/queue/outcome.js';
import { type ServiceBusContext } from '../../../src/delivery/service-bus.context.js';
import { type BrokerWatch } from '../broker/simulated-broker.js';
import { lockTokenOf, type SimulatedMessage } from '../broker/received-message.js';
import { type SimulatedContent } from '../broker/simulated-content.js';
import { type Plan } from '../plan.js';
import { type Execution, InputRecord } from './input-record.js';
import { OUTPUT_QUEUE, type RuntimeProcess } from './runtime-process.js';
import { type Output } from './scripted-handler.js';

/** This long after it could know that a lock is lost, a process must not act on it any more. */
const REACTION_MS = 25;
/** By then, a handler's signal must have been aborted if its lock is lost. */
const SIGNAL_MS = 1_000;
/** By then, a message has its turn or goes back, unless it was delivered so often already. */
const TURN_MS = 2_050;
const SENT_AROUND = 2;
/** So late may a process notice that its rate allows another message, and still make up for it. */
const LATE_MS = 50;
/** A message that waits for a link is withdrawn so long after it has become pointless. */
const WITHDRAWAL_MS = 250;

/** Observes a run, and records every violation of the runtime's promises. */
export class Judge implements BrokerWatch {
  readonly violations: string[] = [];
  readonly records: readonly InputRecord[];
  readonly running = new Set<Execution>();
  executions = 0;
  private readonly byLock = new Map<string, Execution>();
  private readonly byNumber: Execution[] = [];
  /** When handlers have begun, in whatever process, and in which ones. */
  private readonly startsMs: number[] = [];
  private readonly beginners = new Set<RuntimeProcess>();

  constructor(
    readonly plan: Plan,
    readonly maxHandlers: number,
    private readonly note: (what: string) => void,
    private readonly nowMs: () => number,
    /** Whether an earlier message of the session waits, besides those whose work the process has finished. */
    private readonly activeBefore: (message: SimulatedMessage, finished: ReadonlySet<number>) => boolean,
    /** Whether the lock that the message came with is still the broker's. */
    private readonly isLocked: (message: SimulatedMessage) => boolean,
  ) {
    const records: InputRecord[] = [];
    for (const input of plan.inputs) records[input.number] = new InputRecord(input);
    this.records = records;
  }

  /** Executions in live processes that wait for their signal. */
  get hanging(): Execution[] {
    return [...this.running].filter(
      ({ step, process, context }) => step.kind === 'hang' && !process.isDead && !context.signal.aborted,
    );
  }

  accepted(queue: string, contents: readonly SimulatedContent[]): void {
    for (const content of contents) {
      this.note(`broker: ${queue} takes ${content.messageId} ${content.fields.body}`);
      const output = JSON.parse(content.fields.body) as Output;
      const record = this.record(output.input);
      if (queue === OUTPUT_QUEUE) record.outputs.add(output.index);
      else if (content.fields.scheduledEnqueueTimeMs === undefined) record.isAccepted = true;
      else if (record.copies.has(content.messageId)) record.isForked = true;
      else record.copies.add(content.messageId);
    }
  }

  refused(queue: string, contents: readonly SimulatedContent[]): void {
    this.note(`broker: ${queue} refuses ${contents.length === 1 ? 'a message' : 'a batch'}`);
  }

  settled(message: Message, lockId: number, outcome: Outcome): void {
    const content = message.content as SimulatedContent;
    const { input } = JSON.parse(content.fields.body) as { input: number };
    const name = `input ${input} (#${message.sequenceNumber}, lock ${lockId})`;
    this.note(`broker: ${outcome.type} ${name}`);
    const record = this.record(input);
    const execution = this.byLock.get(lockTokenOf(lockId));
    if (outcome.type === 'complete') this.completed(record, message, name);
    else if (outcome.type === 'dead-letter') this.deadLettered(record, execution, outcome.reason, name);
    else if (outcome.type === 'defer' && !record.steps.has('defer')) {
      this.violation(`${name} was deferred, and nobody asked for it`);
    } else if (outcome.type === 'abandon' && execution?.end === 'failed') {
      const { attempt } = execution.context;
      if (
        attempt >= this.maxAttempts(execution.step.kind === 'fail-by-type' ? 2 : undefined) &&
        !execution.process.isDraining
      ) {
        this.violation(`${name} goes back after attempt ${attempt}, which was its last`);
      }
    }
  }

  started(process: RuntimeProcess, number: number, context: ServiceBusContext): Execution {
    const record = this.record(number);
    const message = context.message as SimulatedMessage;
    const lockToken = message.lockToken ?? '';
    const lock = this.plan.hasSessions ? (message.delivery.link?.name ?? '') : lockToken;
    const { steps } = record.input;
    const step = steps[Math.min(record.executions++, steps.length - 1)] ?? { kind: 'succeed', afterMs: 0 };
    const execution = { number: this.executions++, record, step, process, context, lockToken, lock };
    record.steps.add(step.kind);
    const name = `${process.name}: input ${number} (#${message.sequenceNumber?.toString()}, ${lockToken}, attempt ${context.attempt})`;
    this.note(`${name} starts execution ${execution.number}: ${step.kind}`);
    if (process.book.lostForMs(lock) > REACTION_MS) {
      this.violation(`${name} was started although its lock is known to be lost`);
    }
    if (process.pausedAtMs !== undefined && process.pausedAtMs < this.nowMs()) {
      this.violation(`${name} was started although the binding is paused`);
    }
    if (process.finished.has(Number(message.sequenceNumber))) {
      this.violation(`${name} was started again after its work was done and only its completion failed`);
    }
    if (this.plan.hasSessions && this.activeBefore(message, process.finished)) {
      this.violation(`${name} was started before an earlier message of its session`);
    }
    this.checkRate(process, name);
    this.checkAttempt(record, message, context.attempt, name);
    if (!this.byLock.has(lockToken)) this.checkWait(process, message, lock, name);
    this.running.add(execution);
    this.byLock.set(lockToken, execution);
    this.byNumber.push(execution);
    const own = [...this.running].filter((other) => other.process === process).length;
    if (own > this.maxHandlers)
      this.violation(`${name}: ${own} handlers at once, ${this.maxHandlers} allowed`);
    return execution;
  }

  /** A batch call begins (1) or ends (-1). */
  calledInBatch(process: RuntimeProcess, change: 1 | -1): void {
    process.batchCalls += change;
    const allowed = Number(this.plan.binding.maxConcurrentCalls);
    if (process.batchCalls > allowed) {
      this.violation(`${process.name}: ${process.batchCalls} calls at once, ${allowed} allowed`);
    }
  }

  ended(execution: Execution, error?: unknown): void {
    const { process, context, lock, record, step } = execution;
    this.running.delete(execution);
    execution.end = error === undefined ? 'done' : 'failed';
    this.note(`${process.name}: execution ${execution.number} ${execution.end}`);
    const { aborted } = context.signal;
    // A handler that settles the message itself has given up its lock.
    const isOurs = !step.kind.endsWith('-itself');
    if (isOurs && !aborted && process.book.lostForMs(lock) > SIGNAL_MS) {
      this.violation(`execution ${execution.number} was not told that its lock is lost`);
    }
    const { faults, pauses, slowOne, hidesLocks, locksEndWithLink } = this.plan;
    // Where peeks hide locks, messages of another process look like waiting ones: the watchdog replaces the link. And
    // the SDK closes a link whose broker is too far away to give its credit back in time.
    const isCalm =
      faults.length === 0 && !(slowOne && hidesLocks) && !(pauses.length > 0 && locksEndWithLink);
    if (isOurs && isCalm && context.signal.reason instanceof LockLostError) {
      this.violation(`execution ${execution.number} lost its lock, and nothing was wrong but the clock`);
    }
    if (error === undefined) record.hasResults = true;
    else if (!aborted && !['defer', 'refuse', 'invalid'].includes(step.kind)) record.failures++;
  }

  /** The runtime is about to send a result. */
  sending(process: RuntimeProcess, { execution: number }: Output): void {
    const execution = this.byNumber[number];
    // A handler that settles the message itself gives up its lock before its results are sent.
    if (!execution || execution.step.kind.endsWith('-itself')) return;
    if (process.book.lostForMs(execution.lock) > REACTION_MS) {
      this.violation(`the output of execution ${number} is sent although its lock is known to be lost`);
    }
  }

  /** A result or a copy leaves on a link, for which it may have waited. */
  leaving(process: RuntimeProcess, { fields }: SimulatedContent): void {
    const { input, execution: number } = JSON.parse(fields.body) as Partial<Output>;
    const execution =
      number === undefined
        ? this.byNumber.findLast((one) => one.process === process && isCopyOf(one, input, fields.messageId))
        : this.byNumber[number];
    if (!execution || execution.step.kind.endsWith('-itself')) return;
    const { book } = process;
    const goneForMs = Math.max(book.lostForMs(execution.lock), book.settledForMs(execution.lockToken));
    if (goneForMs > WITHDRAWAL_MS) {
      const what = number === undefined ? 'the copy' : 'an output';
      this.violation(
        `${what} of execution ${execution.number} leaves ${goneForMs} ms after its lock was gone`,
      );
    }
  }

  /** The runtime is about to complete a message. */
  completing(process: RuntimeProcess, lockToken: string, sequenceNumber: number): void {
    const execution = this.byLock.get(lockToken);
    // What is completed without being run again was remembered as done.
    if (!execution || execution.end === 'done') process.finished.add(sequenceNumber);
  }

  violation(what: string): void {
    this.note(`VIOLATION ${what}`);
    this.violations.push(what);
  }

  private maxAttempts(ofType?: number): number {
    return ofType ?? this.plan.binding.retry?.maxAttempts ?? 5;
  }

  private completed(record: InputRecord, { sequenceNumber }: Message, name: string): void {
    if (record.hasCopyOf(sequenceNumber)) return;
    if (record.steps.has('complete-itself')) {
      record.isDone = true;
      return;
    }
    if (!record.hasResults) this.violation(`${name} was completed before its work was done`);
    else if (this.plan.hasOutput && record.outputs.size < record.input.results) {
      this.violation(`${name} was completed before its outputs were accepted`);
    }
    record.isDone = true;
  }

  private deadLettered(
    record: InputRecord,
    execution: Execution | undefined,
    reason: string | undefined,
    name: string,
  ): void {
    // Deliveries that ended without a word count: the one that finds the last attempt spent is not run.
    if (reason === 'MaxAttemptsExceeded' && !execution) return;
    if (reason === 'Refused' && record.steps.has('refuse')) return;
    if (reason === 'ValidationFailed' && record.steps.has('invalid')) return;
    const attempt = execution?.context.attempt ?? 0;
    // A failed send is subject to the binding's retry policy, whatever the step was.
    const isLast = attempt >= this.maxAttempts(reason === 'TypeError' ? 2 : undefined);
    if (!isLast) this.violation(`${name} was dead-lettered for ${reason} after attempt ${attempt}`);
  }

  /** Every failure known to a process has to count. Skips sessions: the broker does not count lost ones. */
  private checkAttempt(record: InputRecord, message: SimulatedMessage, attempt: number, name: string): void {
    if (record.hasCopyOf(Number(message.sequenceNumber))) record.isForked = true;
    // Once its lock is lost, others may have failed on it that this one cannot know of.
    if (this.plan.hasSessions || record.isForked || !this.isLocked(message)) return;
    if (attempt <= record.failures) {
      this.violation(`${name} has forgotten failures: ${record.failures} are known`);
    }
  }

  /** However long one looks, there are no more than its rate allows; a batch is paid for when it has begun. */
  private checkRate(process: RuntimeProcess, name: string): void {
    const { binding, rateStore } = this.plan;
    const { rate, batch } = binding;
    if (!rate) return;
    const nowMs = this.nowMs();
    const startsMs = rateStore ? this.startsMs : process.startsMs;
    startsMs.push(nowMs);
    this.beginners.add(process);
    const alone = (rate.fallbackPerSecond ?? 0) * this.beginners.size;
    const perSecond = rate.perSecond + alone;
    const atOnce = (rate.burst ?? 1) + (batch?.maxMessages ?? 1) - 1 + (alone > 0 ? this.beginners.size : 0);
    // What a store gives may be late by as long as its answer takes.
    const isSlow = rateStore?.faults.some(({ kind }) => kind === 'slow') === true;
    const lateMs = LATE_MS + (isSlow ? STORE_TIMEOUT_MS : (rateStore?.latencyMs[1] ?? 0));
    const isTooFast = startsMs.some((sinceMs, index) => {
      const allowed = atOnce + ((nowMs - sinceMs + lateMs) * perSecond) / 1_000;
      return startsMs.length - index > allowed + 0.001;
    });
    if (isTooFast) this.violation(`${name} was started sooner than its rate allows`);
  }

  /** What does not get its turn in time is another process's to do. */
  private checkWait(process: RuntimeProcess, message: SimulatedMessage, lock: string, name: string): void {
    const { hasSessions, binding } = this.plan;
    const isLearnt = binding.prefetch === 'auto' && !hasSessions && !binding.batch && !binding.circuitBreaker;
    const waitedMs = process.book.heldForMs(lock);
    if (!isLearnt || waitedMs <= TURN_MS || (message.deliveryCount ?? 0) >= SENT_AROUND) return;
    this.violation(`${name} was kept from others for ${waitedMs} ms before it had its turn`);
  }

  private record(input: number): InputRecord {
    const record = this.records[input];
    if (!record) throw new Error(`there is no input ${input}`);
    return record;
  }
}

/** A message and its earlier copy may be with the same process: the copy's id tells of which one it is a copy. */
function isCopyOf({ record, context }: Execution, input: number | undefined, messageId: string): boolean {
  const { sequenceNumber } = context.message;
  return record.input.number === input && messageId.endsWith(`:retry:${sequenceNumber?.toString()}`);
}

import { randomUUID } from 'node:crypto';

import { type ChangeOptions, type RunProgress, type RunResult } from '../change/change-options.js';
import { describeError } from '../describe-error.js';
import { DeskError } from '../desk-error.js';
import { RequestProblem } from './exchange.js';
import { type JobAnswer } from './page-api.js';

const MAX_RUNNING = 4;
const MAX_REMEMBERED = 50;
/** Whoever looks is told of progress so often. */
const TELL_EACH_MS = 200;

/** What a job is about. */
export type JobSubject = Pick<JobAnswer, 'action' | 'entity' | 'who' | 'dryRun'>;

/** What a run is told. */
type Observed = Pick<ChangeOptions, 'signal' | 'onProgress'>;

/** A change under way, or one that has ended. */
class Job {
  readonly controller = new AbortController();
  ended: Promise<void> = Promise.resolve();
  answer: JobAnswer;
  private toldAtMs = -Infinity;

  constructor(
    subject: JobSubject,
    private readonly tell: (answer: JobAnswer) => void,
  ) {
    this.answer = {
      ...subject,
      id: randomUUID().slice(0, 8),
      startedAt: new Date().toISOString(),
      state: 'running',
      planned: 0,
      done: 0,
      failed: 0,
      missing: 0,
      held: 0,
      failures: [],
    };
  }

  async run(work: (observed: Observed) => Promise<RunResult>): Promise<void> {
    try {
      const result = await work({ signal: this.controller.signal, onProgress: this.progress });
      this.end({ ...numbersOf(result), state: 'done' });
    } catch (error) {
      const state = this.controller.signal.aborted ? 'stopped' : 'failed';
      const code = error instanceof DeskError ? { code: error.code } : {};
      this.end({ state, problem: describeError(error), ...code });
    }
  }

  private end(how: Partial<JobAnswer>): void {
    this.answer = { ...this.answer, held: 0, ...how };
    this.tell(this.answer);
  }

  private readonly progress = (progress: RunProgress): void => {
    this.answer = { ...this.answer, ...progress };
    const nowMs = performance.now();
    if (nowMs - this.toldAtMs < TELL_EACH_MS) return;
    this.toldAtMs = nowMs;
    this.tell(this.answer);
  };
}

function numbersOf({ planned, done, failed, missing, failures }: RunResult): Partial<JobAnswer> {
  return {
    planned,
    done,
    failed,
    missing,
    failures: failures.map(({ sequenceNumber, reason }) => ({
      sequenceNumber: String(sequenceNumber),
      reason,
    })),
  };
}

/** The changes that were begun here. They go on when the page is closed, and end with the process. */
export class Jobs {
  private readonly jobs = new Map<string, Job>();

  constructor(private readonly tell: (answer: JobAnswer) => void) {}

  /** Newest first. */
  get answers(): JobAnswer[] {
    return [...this.jobs.values()].map(({ answer }) => answer).reverse();
  }

  /** Begins a job; `onEnd` is told how it has ended. @throws RequestProblem if too many are running */
  start(
    subject: JobSubject,
    work: (observed: Observed) => Promise<RunResult>,
    onEnd: (answer: JobAnswer) => void,
  ): JobAnswer {
    if (this.running.length >= MAX_RUNNING) {
      throw new RequestProblem(409, `${MAX_RUNNING} changes are running: wait for one, or stop it`);
    }
    const job = new Job(subject, this.tell);
    this.jobs.set(job.answer.id, job);
    this.forgetOldest();
    job.ended = job.run(work).then(() => onEnd(job.answer));
    this.tell(job.answer);
    return job.answer;
  }

  /** Stops a job after what it is in the middle of. Returns false if there is none of that id. */
  stop(id: string): boolean {
    const job = this.jobs.get(id);
    job?.controller.abort(new Error('stopped; what was held is given back'));
    return job !== undefined;
  }

  async close(): Promise<void> {
    for (const { controller } of this.running) controller.abort(new Error('the desk is closed'));
    await Promise.all([...this.jobs.values()].map(({ ended }) => ended));
  }

  private get running(): Job[] {
    return [...this.jobs.values()].filter(({ answer }) => answer.state === 'running');
  }

  private forgetOldest(): void {
    for (const [id, { answer }] of this.jobs) {
      if (this.jobs.size <= MAX_REMEMBERED) return;
      if (answer.state !== 'running') this.jobs.delete(id);
    }
  }
}

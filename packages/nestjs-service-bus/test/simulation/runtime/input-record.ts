import { type ServiceBusContext } from '../../../src/delivery/service-bus.context.js';
import { type Input, type Step } from '../plan.js';
import { type RuntimeProcess } from './runtime-process.js';

/** One run of the handler. */
export interface Execution {
  readonly number: number;
  readonly record: InputRecord;
  readonly step: Step;
  readonly process: RuntimeProcess;
  readonly context: ServiceBusContext;
  /** The message's lock, and what the process knows it by: in a session that is the session's. */
  readonly lockToken: string;
  readonly lock: string;
  end?: 'done' | 'failed';
}

/** What has become of one input so far. */
export class InputRecord {
  executions = 0;
  isAccepted = false;
  isDone = false;
  /** An execution has given its results. */
  hasResults = false;
  readonly outputs = new Set<number>();
  /** Retry copies that the broker has taken, by their ids. */
  readonly copies = new Set<string>();
  /** Failures that a process knew of while it held the message. */
  failures = 0;
  /** Has gone on as a copy, and has come again all the same. */
  isForked = false;
  readonly steps = new Set<Step['kind']>();

  constructor(readonly input: Input) {}

  hasCopyOf(sequenceNumber: number): boolean {
    return [...this.copies].some((id) => id.endsWith(`:retry:${sequenceNumber}`));
  }
}

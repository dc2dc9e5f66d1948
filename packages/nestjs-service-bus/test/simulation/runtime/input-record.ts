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
  /** The message's lock, and the lock that the process tracks: in a session, the session's. */
  readonly lockToken: string;
  readonly lock: string;
  end?: 'done' | 'failed';
}

/** What has happened to one input so far. */
export class InputRecord {
  executions = 0;
  isAccepted = false;
  isDone = false;
  /** An execution has returned its results. */
  hasResults = false;
  readonly outputs = new Set<number>();
  /** Ids of the retry copies that the broker has accepted. */
  readonly copies = new Set<string>();
  /** Failures known to a process that held the message. */
  failures = 0;
  /** Both a retry copy and the original were delivered. */
  isForked = false;
  readonly steps = new Set<Step['kind']>();

  constructor(readonly input: Input) {}

  hasCopyOf(sequenceNumber: number): boolean {
    return [...this.copies].some((id) => id.endsWith(`:retry:${sequenceNumber}`));
  }
}

import { type ServiceBusClient, type ServiceBusReceiver } from '@azure/service-bus';

import { errorCode } from '../sdk/index.js';
import { within } from '../time/within.js';

const TIMEOUT_MS = 3_000;
/** Probes come from several places, every few seconds: an answer is reused for this long. */
const CACHED_MS = 2_000;

/** Codes that mean the namespace cannot be reached; any other refusal is an answer. */
const UNREACHABLE = new Set([
  'ServiceCommunicationProblem',
  'ServiceTimeout',
  'UnauthorizedAccess',
  'GeneralError',
]);
/** A general error that is an answer all the same: a queue that requires sessions refuses the peek. */
const SESSION_REQUIRED = /^InvalidOperationError/;

/** Checks that the namespace answers, by peeking at a queue that this process uses anyway. */
export class NamespaceProbe {
  private readonly queues = new Set<string>();
  private receiver?: ServiceBusReceiver;
  private answer?: Promise<string | undefined>;
  private askedAtMs = -Infinity;

  constructor(private readonly client: ServiceBusClient) {}

  /** Adds a queue that may be peeked at. */
  addQueue(queue: string): void {
    this.queues.add(queue);
  }

  /** Resolves with undefined if the namespace answered, or if no queue is known; else with the problem. */
  probe(): Promise<string | undefined> {
    const now = performance.now();
    if (this.answer === undefined || now - this.askedAtMs > CACHED_MS) {
      this.askedAtMs = now;
      this.answer = this.ask();
    }
    return this.answer;
  }

  private async ask(): Promise<string | undefined> {
    const [queue] = this.queues;
    if (queue === undefined) return undefined;
    this.receiver ??= this.client.createReceiver(queue, { maxAutoLockRenewalDurationInMs: 0 });
    // No abort signal: with one, the SDK throws where nobody can catch it.
    const peeking = this.receiver.peekMessages(1).then(
      () => undefined,
      (error: unknown) => problemOf(error),
    );
    if ((await within(TIMEOUT_MS, peeking)) === 'late') return `no answer for ${TIMEOUT_MS} ms`;
    return peeking;
  }
}

function problemOf(error: unknown): string | undefined {
  const code = errorCode(error);
  const message = error instanceof Error ? error.message : String(error);
  if (code !== undefined && (!UNREACHABLE.has(code) || SESSION_REQUIRED.test(message))) return undefined;
  return message;
}

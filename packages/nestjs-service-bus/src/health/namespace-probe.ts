import { type ServiceBusClient, type ServiceBusReceiver } from '@azure/service-bus';

import { errorCode } from '../sdk/index.js';
import { within } from '../time/within.js';

const TIMEOUT_MS = 3_000;
/** Probes come from several places, every few seconds: one answer serves them all for this long. */
const FRESH_MS = 2_000;

/** These say that the way to the namespace is broken; any other refusal is an answer. */
const UNREACHABLE = new Set([
  'ServiceCommunicationProblem',
  'ServiceTimeout',
  'UnauthorizedAccess',
  'GeneralError',
]);
/** Of the general errors this one is an answer: a queue that requires sessions refuses the question. */
const NOT_THAT_WAY = /^InvalidOperationError/;

/** Asks the namespace for a sign of life, through an entity that this process uses anyway. */
export class NamespaceProbe {
  private readonly queues = new Set<string>();
  private receiver?: ServiceBusReceiver;
  private answer?: Promise<string | undefined>;
  private askedAtMs = -Infinity;

  constructor(private readonly client: ServiceBusClient) {}

  /** Names a queue that may be asked. */
  know(queue: string): void {
    this.queues.add(queue);
  }

  /** Undefined when the namespace answered, or when there is nothing to ask; else what was wrong. */
  probe(): Promise<string | undefined> {
    const now = performance.now();
    if (this.answer === undefined || now - this.askedAtMs > FRESH_MS) {
      this.askedAtMs = now;
      this.answer = this.ask();
    }
    return this.answer;
  }

  private async ask(): Promise<string | undefined> {
    const [queue] = this.queues;
    if (queue === undefined) return undefined;
    this.receiver ??= this.client.createReceiver(queue, { maxAutoLockRenewalDurationInMs: 0 });
    // The SDK cannot be told to give up: a signal makes it throw where nobody can catch it.
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
  if (code !== undefined && (!UNREACHABLE.has(code) || NOT_THAT_WAY.test(message))) return undefined;
  return message;
}

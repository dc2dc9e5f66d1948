import { type ServiceBusClient, type ServiceBusReceiver } from '@azure/service-bus';

import { errorCode } from '../error-code.js';

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
    try {
      await this.receiver.peekMessages(1, { abortSignal: AbortSignal.timeout(TIMEOUT_MS) });
      return undefined;
    } catch (error) {
      const code = errorCode(error);
      if (code !== undefined && !UNREACHABLE.has(code)) return undefined;
      return error instanceof Error ? error.message : String(error);
    }
  }
}

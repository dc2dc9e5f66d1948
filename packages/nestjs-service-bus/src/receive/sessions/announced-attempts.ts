import { type ServiceBusReceivedMessage } from '@azure/service-bus';

import { recordedAttempts } from '../../delivery/attempts.js';

const CAPACITY = 10_000;

/**
 * Attempts that this process has written down and not made yet, by their messages. A session may be lost in the
 * moment between: whoever of us has it next makes that attempt, and does not take it for one that was made.
 */
export class AnnouncedAttempts {
  private readonly attempts = new Map<string, number>();

  add({ sequenceNumber }: ServiceBusReceivedMessage, attempt: number): void {
    this.attempts.set(String(sequenceNumber), attempt);
    if (this.attempts.size <= CAPACITY) return;
    const [oldest] = this.attempts.keys();
    if (oldest !== undefined) this.attempts.delete(oldest);
  }

  /** The attempt that this message was announced for; undefined when it was none of ours, or somebody was quicker. */
  take(message: ServiceBusReceivedMessage): number | undefined {
    if (this.attempts.size === 0) return undefined;
    const key = String(message.sequenceNumber);
    const attempt = this.attempts.get(key);
    this.attempts.delete(key);
    return attempt !== undefined && recordedAttempts(message) === attempt ? attempt : undefined;
  }
}

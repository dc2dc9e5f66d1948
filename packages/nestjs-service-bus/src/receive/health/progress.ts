import { errorCode } from '../../sdk/index.js';
import { type Clock } from '../../time/clock.js';
import { type ConsumerHealth } from './consumer-health.js';

/** When a binding last finished a message, and its last error. For people, hence in wall-clock time. */
export class Progress {
  private doneAtMs?: number;
  private lastError?: ConsumerHealth['lastError'];

  constructor(private readonly clock: Clock) {}

  /** Notes that a message has ended, whatever its outcome. */
  done(): void {
    this.doneAtMs = this.clock.wallTime();
  }

  failed(error: Error): void {
    const code = errorCode(error) ?? error.name;
    this.lastError = { code, message: error.message, at: toText(this.clock.wallTime()) };
  }

  health(): Pick<ConsumerHealth, 'lastProgressAt' | 'lastError'> {
    return {
      ...(this.doneAtMs !== undefined && { lastProgressAt: toText(this.doneAtMs) }),
      ...(this.lastError && { lastError: this.lastError }),
    };
  }
}

function toText(timeMs: number): string {
  return new Date(timeMs).toISOString();
}

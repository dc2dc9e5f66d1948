import { type Logger } from '@nestjs/common';

import { describeError, errorMessage, errorName } from '../../exceptions/describe-error.js';
import { type Clock } from '../../time/clock.js';
import { type ReportedError } from './consumer-health.js';

const FIRST_DELAY_MS = 100;
const MAX_DELAY_MS = 5_000;

/** Whether the store of a shared rate answers. Tells the log when it does not, and when it does again. */
export class RateStoreState {
  error?: ReportedError | undefined;
  private failures = 0;
  private sinceMs = 0;

  constructor(
    private readonly name: string,
    private readonly what: string,
    private readonly clock: Clock,
    private readonly logger: Logger,
  ) {}

  /** Returns how long to wait before it is asked again, in milliseconds. */
  failed(error: unknown): number {
    this.error = { code: errorName(error), message: errorMessage(error) };
    if (this.failures++ === 0) {
      this.sinceMs = this.clock.now();
      this.logger.warn(`${this.name}: the store of its rate fails, ${this.what}: ${describeError(error)}`);
    }
    const most = Math.min(FIRST_DELAY_MS * 2 ** Math.min(this.failures - 1, 10), MAX_DELAY_MS);
    return (most * (1 + this.clock.random())) / 2;
  }

  answered(): void {
    if (this.failures === 0) return;
    this.failures = 0;
    this.error = undefined;
    const seconds = ((this.clock.now() - this.sinceMs) / 1_000).toFixed(1);
    this.logger.log(`${this.name}: the store of its rate answers again, after ${seconds} s`);
  }
}

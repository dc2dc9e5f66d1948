import { type Logger } from '@nestjs/common';

import { type Clock } from '../../time/clock.js';
import { type ConsumerHealth } from './consumer-health.js';

/** Whether somebody has paused a binding, and why. Tells the log of it. */
export class Pausing {
  private sinceMs?: number | undefined;
  private at = '';
  private reason?: string | undefined;

  constructor(
    private readonly name: string,
    private readonly logger: Logger,
    private readonly clock: Clock,
  ) {}

  get isPaused(): boolean {
    return this.sinceMs !== undefined;
  }

  /** Returns false if it is paused already: then the reason is the latest that was given. */
  begin(inWork: number, reason: string | undefined): boolean {
    this.reason = reason ?? this.reason;
    if (this.isPaused) return false;
    this.sinceMs = this.clock.now();
    this.at = new Date(this.clock.wallTime()).toISOString();
    const why = reason === undefined ? '' : ` (${reason})`;
    this.logger.warn(`${this.name}: paused${why}, ${inWork} messages in work`);
    return true;
  }

  /** Returns false if it is not paused. */
  end(): boolean {
    if (this.sinceMs === undefined) return false;
    const seconds = Math.round((this.clock.now() - this.sinceMs) / 1_000);
    this.sinceMs = this.reason = undefined;
    this.logger.log(`${this.name}: resumed after ${seconds} s`);
    return true;
  }

  /** Undefined unless it is paused. */
  health(): Pick<ConsumerHealth, 'state' | 'paused'> | undefined {
    if (!this.isPaused) return undefined;
    const { at, reason } = this;
    return { state: 'paused', paused: { at, ...(reason !== undefined && { reason }) } };
  }
}

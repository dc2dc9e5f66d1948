import { within } from 'nestjs-service-bus';

import { describeFailure } from '../deliver/judge-failure.js';
import { type OutboxRuntime } from '../outbox.runtime.js';
import { type OutboxStatistics } from '../store/outbox-store.js';

/** Terminus' `HealthIndicatorResult`, declared here: its types are not there where Terminus is not installed. */
type HealthResult = Record<string, { status: 'up' | 'down' } & Record<string, unknown>>;

const ANSWER_WITHIN_MS = 3_000;
/** A deliverer that has not seen the database for so long stands still. */
const STANDS_STILL_MS = 30_000;

/**
 * Readiness for Terminus: up while the database answers and, where this process delivers, its deliverer looks for
 * messages; down also where the oldest message is older than the module's `unhealthyAgeMs`. Tells what waits, what was set
 * aside, and which destinations take nothing.
 */
export class OutboxHealthIndicator {
  /** @internal */
  constructor(private readonly runtime: OutboxRuntime) {}

  /** The entry is named `key`. */
  async isHealthy(key = 'outbox'): Promise<HealthResult> {
    const { state, deliverer } = this.runtime;
    const delivery = deliverer ? { listening: state.isListening, blocked: state.blockedDestinations } : {};
    try {
      const statistics = await this.statistics();
      const error = this.problem(statistics);
      if (error === undefined) return { [key]: { status: 'up', ...statistics, ...delivery } };
      return { [key]: { status: 'down', error, ...statistics, ...delivery } };
    } catch (error) {
      return { [key]: { status: 'down', error: describeFailure(error).description, ...delivery } };
    }
  }

  private async statistics(): Promise<OutboxStatistics> {
    let answer: OutboxStatistics | undefined;
    let failure: unknown = new Error(`the database did not answer within ${ANSWER_WITHIN_MS} ms`);
    const asked = this.runtime.store.statistics().then(
      (statistics) => (answer = statistics),
      (error: unknown) => (failure = error),
    );
    await within(ANSWER_WITHIN_MS, asked);
    if (!answer) throw failure;
    return answer;
  }

  private problem({ oldestAgeMs }: OutboxStatistics): string | undefined {
    const { state, deliverer, options } = this.runtime;
    if (oldestAgeMs > options.unhealthyAgeMs) {
      return `the oldest message has waited for ${Math.round(oldestAgeMs / 1_000)} s`;
    }
    const sinceMs = deliverer ? (state.sinceLastLookMs ?? 0) : 0;
    if (sinceMs <= STANDS_STILL_MS + options.deliverer.pollIntervalMs) return undefined;
    const why = state.databaseError === undefined ? '' : `: ${state.databaseError}`;
    return `nothing was looked for in ${Math.round(sinceMs / 1_000)} s${why}`;
  }
}

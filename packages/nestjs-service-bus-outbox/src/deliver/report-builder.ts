import { type DeliveryReport } from '../store/outbox-store.js';
import { type LaneResult } from './lane-run.js';
import { type ResolvedDelivererOptions } from './deliverer-options.js';

/** Gathers what has become of lanes until the database knows of it. */
export class ReportBuilder {
  private results: LaneResult[] = [];

  constructor(
    private readonly retry: ResolvedDelivererOptions['retry'],
    private readonly random: () => number = Math.random,
  ) {}

  get isEmpty(): boolean {
    return this.results.length === 0;
  }

  add(result: LaneResult): void {
    this.results.push(result);
  }

  /** Takes all of it; what could not be told is to be added again. */
  take(): LaneResult[] {
    return this.results.splice(0);
  }

  /** The same lanes once more: the database did not answer. */
  putBack(results: readonly LaneResult[]): void {
    this.results.unshift(...results);
  }

  reportOf(results: readonly LaneResult[]): DeliveryReport {
    const isPostponed = ({ unavailable }: LaneResult): boolean => unavailable !== undefined;
    return {
      sent: results.flatMap(({ sent }) => sent.map(({ lane, id }) => ({ lane, id }))),
      refused: results.flatMap(({ refused }) => refused),
      released: results.filter((result) => !isPostponed(result)).map(({ lane }) => lane.lane),
      postponed: results
        .filter(isPostponed)
        .map(({ lane: { lane, failures } }) => ({ lane, delayMs: this.delayMs(failures) })),
    };
  }

  /** By chance up to a fifth less: lanes that failed together do not come back together. */
  private delayMs(failures: number): number {
    const { minDelayMs, maxDelayMs } = this.retry;
    const delayMs = Math.min(maxDelayMs, minDelayMs * 2 ** Math.min(failures, 30));
    return delayMs * (1 - this.random() / 5);
  }
}

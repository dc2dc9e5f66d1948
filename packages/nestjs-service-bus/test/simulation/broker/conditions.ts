import { type ServiceBusErrorCode } from '@azure/service-bus';

import { type Random } from '../world/random.js';

/** What is asked of the broker. */
export type Operation = 'settle' | 'renew' | 'send' | 'open' | 'peek';

/** How badly the broker does an operation at present. */
export interface Trouble {
  /** The share of operations that it befalls. */
  readonly share: number;
  /** A refusal, or no answer: because nothing was done, or although it was. */
  readonly effect: ServiceBusErrorCode | 'not-done' | 'not-answered';
}

/** The troubles of the moment, the same for all clients of a broker. */
export class Conditions {
  latencyMs: readonly [number, number];
  private readonly troubles = new Map<Operation, Trouble>();

  constructor(
    private readonly random: Random,
    private readonly usualLatencyMs: readonly [number, number],
    /** The broker lets go of a message's lock when the link that it came on is gone. */
    readonly locksEndWithLink: boolean,
  ) {
    this.latencyMs = usualLatencyMs;
  }

  latency(): number {
    return this.random.between(...this.latencyMs);
  }

  chance(probability: number): boolean {
    return this.random.chance(probability);
  }

  between(least: number, most: number): number {
    return this.random.between(least, most);
  }

  begin(operation: Operation, trouble: Trouble): void {
    this.troubles.set(operation, trouble);
  }

  end(operation: Operation): void {
    this.troubles.delete(operation);
  }

  /** Ends all troubles. */
  clear(): void {
    this.troubles.clear();
    this.latencyMs = this.usualLatencyMs;
  }

  /** What befalls this one operation. */
  effectOn(operation: Operation): Trouble['effect'] | undefined {
    const trouble = this.troubles.get(operation);
    return trouble && this.random.chance(trouble.share) ? trouble.effect : undefined;
  }
}

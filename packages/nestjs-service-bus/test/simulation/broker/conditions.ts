import { type ServiceBusErrorCode } from '@azure/service-bus';

import { type Random } from '../world/random.js';

/** An operation of the broker. */
export type Operation = 'settle' | 'renew' | 'send' | 'open' | 'peek';

/** How an operation currently fails. */
export interface Trouble {
  /** The share of operations that fail. */
  readonly share: number;
  /** A refusal, or no answer, either because the operation was not done or although it was. */
  readonly effect: ServiceBusErrorCode | 'not-done' | 'not-answered';
}

/** The current network and broker conditions, the same for all clients. */
export class Conditions {
  latencyMs: readonly [number, number];
  /** How long answers of the management node take in addition: it is busy while links are not. */
  managementMs: readonly [number, number] = [0, 0];
  private readonly troubles = new Map<Operation, Trouble>();

  constructor(
    private readonly random: Random,
    private readonly usualLatencyMs: readonly [number, number],
    /** Whether a message's lock ends with the link on which it was delivered. */
    readonly locksEndWithLink: boolean,
    /** Whether peeks do not show which messages are locked. */
    readonly hidesLocks: boolean,
  ) {
    this.latencyMs = usualLatencyMs;
  }

  latency(): number {
    return this.random.between(...this.latencyMs);
  }

  managementDelay(): number {
    return this.random.between(...this.managementMs);
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
    this.managementMs = [0, 0];
  }

  /** How this one operation fails; undefined if it does not. */
  effectOn(operation: Operation): Trouble['effect'] | undefined {
    const trouble = this.troubles.get(operation);
    return trouble && this.random.chance(trouble.share) ? trouble.effect : undefined;
  }
}

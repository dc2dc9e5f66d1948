/** How an outbox delivers. */
export interface DelivererOptions {
  /**
   * How often to look for messages that nobody has announced, in milliseconds. Default: 1,000. Where LISTEN does not work
   * (behind PgBouncer in transaction mode) this is how long messages wait.
   */
  readonly pollIntervalMs?: number;
  /**
   * Whether to hear announcements by LISTEN. Default: true. Behind PgBouncer in transaction mode nothing is heard: switch it
   * off, or name a direct way to the database as `listenConnectionString`.
   */
  readonly listens?: boolean;
  /**
   * How long a lane belongs to a deliverer that gives no sign of life, in milliseconds. Default: 15,000. After a crash,
   * what was on its way waits this long; everything else goes on at once.
   */
  readonly leaseMs?: number;
  /** How many lanes to deliver at once. Default: 16. */
  readonly maxLanes?: number;
  /** How many messages of a lane are on their way at once. Default: 200. */
  readonly maxMessagesPerLane?: number;
  /** How long a destination that takes nothing is left alone. Default: 1 second, doubling to 30. */
  readonly retry?: {
    /** The first time, in milliseconds. */
    readonly minDelayMs?: number;
    /** At most, in milliseconds. */
    readonly maxDelayMs?: number;
  };
  /** How long a shutdown waits for the broker's answers, in milliseconds. Default: 10,000. */
  readonly stopTimeoutMs?: number;
}

/** The same, each with its value. */
export interface ResolvedDelivererOptions {
  readonly pollIntervalMs: number;
  readonly listens: boolean;
  readonly leaseMs: number;
  readonly maxLanes: number;
  readonly maxMessagesPerLane: number;
  readonly retry: { readonly minDelayMs: number; readonly maxDelayMs: number };
  readonly stopTimeoutMs: number;
}

/** Fills in defaults; throws a RangeError that names what is wrong. */
export function resolveDelivererOptions(options: DelivererOptions = {}): ResolvedDelivererOptions {
  const minDelayMs = within('retry.minDelayMs', options.retry?.minDelayMs ?? 1_000, 1, 3_600_000);
  return {
    pollIntervalMs: within('pollIntervalMs', options.pollIntervalMs ?? 1_000, 10, 3_600_000),
    listens: options.listens ?? true,
    leaseMs: within('leaseMs', options.leaseMs ?? 15_000, 100, 3_600_000),
    maxLanes: within('maxLanes', options.maxLanes ?? 16, 1, 1_000),
    maxMessagesPerLane: within('maxMessagesPerLane', options.maxMessagesPerLane ?? 200, 1, 10_000),
    retry: {
      minDelayMs,
      maxDelayMs: within(
        'retry.maxDelayMs',
        options.retry?.maxDelayMs ?? Math.max(30_000, minDelayMs),
        minDelayMs,
        86_400_000,
      ),
    },
    stopTimeoutMs: within('stopTimeoutMs', options.stopTimeoutMs ?? 10_000, 0, 3_600_000),
  };
}

function within(name: string, value: number, min: number, max: number): number {
  if (Number.isInteger(value) && value >= min && value <= max) return value;
  throw new RangeError(`${name} is ${String(value)}, allowed is an integer from ${min} to ${max}`);
}

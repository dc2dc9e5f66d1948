import { type DeskMessage } from '../message/desk-message.js';

/** Looks at up to so many messages from a sequence number on. */
export type Look = (from: bigint, max: number) => Promise<DeskMessage[]>;

/** The newest sequence number, and when that was known. */
interface Seen {
  readonly newest: bigint;
  readonly atMs: number;
  /** How many messages the entity had. */
  readonly depth: number;
}

/** What looking into an entity tells of how its messages flow. */
export interface Flow {
  readonly oldest?: Date;
  readonly inPerSecond?: number;
  readonly outPerSecond?: number;
}

/** [Service Bus] Numbers of a partitioned entity begin with that of the partition: they do not count. */
const FIRST_PARTITIONED = 1n << 48n;
const PAGE = 100;
/** Somebody asked for it so long ago that the average says nothing any more. */
const TOO_OLD_MS = 120_000;
const MAX_REMEMBERED = 1_000;

/**
 * Estimates how many messages an entity takes in and gives out: Service Bus does not say, but it numbers them in their
 * order. What came and went between two looks is counted as soon as a later message is seen.
 */
export class FlowProbe {
  private readonly seen = new Map<string, Seen>();

  async read(entity: string, depth: number, look: Look, nowMs = performance.now()): Promise<Flow> {
    const [first] = await look(0n, 1);
    if (!first) return this.note(entity, this.seen.get(entity)?.newest, depth, nowMs);
    const oldest = first.state === 'active' ? first.enqueuedTime : undefined;
    const before = this.seen.get(entity);
    const newest =
      first.sequenceNumber >= FIRST_PARTITIONED
        ? undefined
        : await findNewest(before?.newest ?? first.sequenceNumber, look);
    return { ...(oldest && { oldest }), ...this.note(entity, newest, depth, nowMs) };
  }

  private note(entity: string, newest: bigint | undefined, depth: number, nowMs: number): Flow {
    const before = this.seen.get(entity);
    this.seen.delete(entity);
    if (newest === undefined) return {};
    this.seen.set(entity, { newest, atMs: nowMs, depth });
    const [oldestKey] = this.seen.keys();
    if (this.seen.size > MAX_REMEMBERED && oldestKey !== undefined) this.seen.delete(oldestKey);
    if (!before || nowMs - before.atMs > TOO_OLD_MS || nowMs <= before.atMs) return {};
    const seconds = (nowMs - before.atMs) / 1_000;
    const came = Math.max(0, Number(newest - before.newest));
    const went = Math.max(0, came - (depth - before.depth));
    return { inPerSecond: came / seconds, outPerSecond: went / seconds };
  }
}

/** The newest number there is: from a known one on in ever longer steps, and then between the last two. */
async function findNewest(known: bigint, look: Look): Promise<bigint> {
  const page = await look(known + 1n, PAGE);
  let there = page.at(-1)?.sequenceNumber ?? known;
  if (page.length < PAGE) return there;
  let step = BigInt(PAGE);
  let missing: bigint | undefined;
  while (missing === undefined || missing - there > 1n) {
    const at = missing === undefined ? there + step : (there + missing) / 2n;
    const [message] = await look(at, 1);
    if (message) there = message.sequenceNumber;
    else missing = at;
    step *= 2n;
  }
  return there;
}

import { type EntityDepth } from '../dead-letters/entities.js';
import { describeError } from '../describe-error.js';
import { EntityHistory } from './entity-history.js';

/** While somebody looks. */
const LIVE_MS = 2_000;
/** For the charts, while nobody does. */
const IDLE_MS = 30_000;
/** Reading all entities of a large namespace takes a while: it is left in peace for longer than that. */
const REST = 4;

/** What has changed since the last time. */
export interface EntityChanges {
  readonly changed: readonly EntityDepth[];
  readonly gone: readonly string[];
}

/**
 * Reads the numbers of all entities again and again: every two seconds while somebody watches, else each half a minute,
 * so that there is a past to be seen when somebody comes.
 */
export class EntitySampler {
  readonly history = new EntityHistory();
  /** Why there are no numbers; undefined where there are. */
  problem: string | undefined;
  private current = new Map<string, EntityDepth>();
  private readonly watchers = new Set<(changes: EntityChanges) => void>();
  private readonly controller = new AbortController();
  private timer: NodeJS.Timeout | undefined;
  private reading: Promise<void> | undefined;
  private readAtMs = -Infinity;
  private notedAtMs = -Infinity;

  constructor(private readonly read: (signal: AbortSignal) => AsyncIterable<EntityDepth>) {}

  get entities(): EntityDepth[] {
    return [...this.current.values()];
  }

  start(): void {
    this.schedule(0);
  }

  /** Resolves when there are numbers that are not old, or it is known why there are none. */
  async fresh(): Promise<void> {
    if (performance.now() - this.readAtMs > LIVE_MS * REST) await this.sample();
  }

  /** Is told of changes until the function that it returns is called. */
  watch(watcher: (changes: EntityChanges) => void): () => void {
    this.watchers.add(watcher);
    if (this.watchers.size === 1) this.schedule(LIVE_MS);
    return () => this.watchers.delete(watcher);
  }

  async close(): Promise<void> {
    this.controller.abort(new Error('the desk is closed'));
    clearTimeout(this.timer);
    await this.reading;
  }

  private schedule(delayMs: number): void {
    clearTimeout(this.timer);
    if (this.controller.signal.aborted) return;
    this.timer = setTimeout(() => void this.sample(), delayMs);
    this.timer.unref();
  }

  private sample(): Promise<void> {
    this.reading ??= this.readAll().finally(() => (this.reading = undefined));
    return this.reading;
  }

  private async readAll(): Promise<void> {
    const startedAtMs = performance.now();
    const next = new Map<string, EntityDepth>();
    try {
      for await (const depth of this.read(this.controller.signal)) next.set(depth.entity, depth);
      this.problem = undefined;
      this.take(next);
    } catch (error) {
      this.problem = describeError(error);
    }
    this.readAtMs = performance.now();
    const tookMs = this.readAtMs - startedAtMs;
    this.schedule(Math.max(this.watchers.size > 0 ? LIVE_MS : IDLE_MS, tookMs * REST));
  }

  private take(next: Map<string, EntityDepth>): void {
    const changed = [...next.values()].filter((depth) => !isSame(depth, this.current.get(depth.entity)));
    const gone = [...this.current.keys()].filter((entity) => !next.has(entity));
    this.current = next;
    const nowMs = performance.now();
    // A little early is on time: the timer is.
    if (nowMs - this.notedAtMs > IDLE_MS - LIVE_MS / 2) {
      this.notedAtMs = nowMs;
      this.history.add(Date.now(), next.values());
    }
    if (changed.length + gone.length > 0) for (const tell of this.watchers) tell({ changed, gone });
  }
}

function isSame(one: EntityDepth, other: EntityDepth | undefined): boolean {
  return (
    other !== undefined &&
    one.active === other.active &&
    one.deadLetters === other.deadLetters &&
    one.scheduled === other.scheduled &&
    one.transferDeadLetters === other.transferDeadLetters
  );
}

import { type EntityDepth } from '../dead-letters/entities.js';

/** An hour, a point each half a minute. */
const POINTS = 120;
/** A namespace may have 10,000 entities: of more than these nobody needs a chart. 4 bytes a number. */
const MAX_ENTITIES = 2_000;
const NUMBERS = ['active', 'deadLetters', 'scheduled'] as const;

/** How many messages an entity had, oldest first. */
export interface EntityPast {
  /** Unix time, in seconds. */
  readonly times: number[];
  readonly active: number[];
  readonly deadLetters: number[];
  readonly scheduled: number[];
}

/** What the last hour was like, in rings of numbers: as much memory after an hour as after a year. */
export class EntityHistory {
  private readonly times = new Uint32Array(POINTS);
  private readonly rings = new Map<string, Uint32Array>();
  private count = 0;

  add(timeMs: number, depths: Iterable<EntityDepth>): void {
    const at = this.count % POINTS;
    this.times[at] = Math.round(timeMs / 1_000);
    this.count++;
    const seen = new Set<string>();
    for (const depth of depths) {
      seen.add(depth.entity);
      const ring = this.ringOf(depth.entity);
      if (ring)
        for (const [index, name] of NUMBERS.entries()) ring[at * NUMBERS.length + index] = depth[name];
    }
    for (const entity of this.rings.keys()) if (!seen.has(entity)) this.rings.delete(entity);
  }

  /** An entity that is not known has none. */
  of(entity: string): EntityPast {
    const past: EntityPast = { times: [], active: [], deadLetters: [], scheduled: [] };
    const ring = this.rings.get(entity);
    if (!ring) return past;
    for (let point = Math.max(0, this.count - POINTS); point < this.count; point++) {
      const at = point % POINTS;
      past.times.push(this.times[at] ?? 0);
      for (const [index, name] of NUMBERS.entries()) past[name].push(ring[at * NUMBERS.length + index] ?? 0);
    }
    return past;
  }

  private ringOf(entity: string): Uint32Array | undefined {
    let ring = this.rings.get(entity);
    if (!ring && this.rings.size < MAX_ENTITIES) {
      ring = new Uint32Array(POINTS * NUMBERS.length);
      this.rings.set(entity, ring);
    }
    return ring;
  }
}

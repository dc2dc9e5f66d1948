import { type Due, type QueueContext } from '../queue/queue-context.js';

/** What its activity has to know of an entity. */
export interface Watched {
  /** Unix time in milliseconds of the last use that the entity itself has noted; `nowMs` while it is in use. */
  usedAtMs(nowMs: number): number;
  deleteIdle(nowMs: number): void;
}

/** When an entity was made, changed and used; and its deletion once it has been idle for long enough. */
export class Activity implements Due {
  duePosition = -1;
  // What is due to happen in the entity at the same time happens first.
  readonly dueRank = Infinity;
  createdAtMs: number;
  updatedAtMs: number;
  #accessedAtMs: number;

  constructor(
    nowMs: number,
    private autoDeleteOnIdleMs: number,
    readonly context: QueueContext,
    readonly watched: Watched,
  ) {
    this.createdAtMs = this.updatedAtMs = this.#accessedAtMs = nowMs;
    context.agenda.set(this, nowMs + autoDeleteOnIdleMs);
  }

  /** Unix time in milliseconds of the last use of any kind. */
  get accessedAtMs(): number {
    return Math.max(this.#accessedAtMs, this.watched.usedAtMs(this.context.nowMs));
  }

  /** Takes over when it was made and changed; to have been restored counts as a use. */
  restore(createdAtMs: number, updatedAtMs: number): void {
    this.createdAtMs = createdAtMs;
    this.updatedAtMs = updatedAtMs;
  }

  updated(nowMs: number, autoDeleteOnIdleMs: number): void {
    this.updatedAtMs = nowMs;
    this.accessed(nowMs);
    this.autoDeleteOnIdleMs = autoDeleteOnIdleMs;
    this.context.agenda.set(this, nowMs + autoDeleteOnIdleMs);
  }

  /** Only notes the time: the deadline is moved when it comes up, not at every message. */
  accessed(nowMs: number): void {
    this.#accessedAtMs = nowMs;
  }

  advance(nowMs: number): void {
    const idleAtMs = Math.max(this.#accessedAtMs, this.watched.usedAtMs(nowMs)) + this.autoDeleteOnIdleMs;
    if (idleAtMs <= nowMs) this.watched.deleteIdle(nowMs);
    else this.context.agenda.set(this, idleAtMs);
  }

  close(): void {
    this.context.agenda.delete(this);
  }
}

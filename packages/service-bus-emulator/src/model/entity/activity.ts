import { type Due, type QueueContext } from '../queue/queue-context.js';

/** What an activity needs of its entity. */
export interface ActivityOwner {
  /** Unix time in milliseconds of the last use that the entity itself records; `nowMs` while it is in use. */
  usedAtMs(nowMs: number): number;
  deleteIdle(nowMs: number): void;
}

/** Records when an entity was created, changed and used, and deletes it once it has been idle for long enough. */
export class Activity implements Due {
  duePosition = -1;
  // Whatever else is due in the entity at the same time comes first.
  readonly dueRank = Infinity;
  createdAtMs: number;
  updatedAtMs: number;
  #accessedAtMs: number;

  constructor(
    nowMs: number,
    private autoDeleteOnIdleMs: number,
    readonly context: QueueContext,
    readonly owner: ActivityOwner,
  ) {
    this.createdAtMs = this.updatedAtMs = this.#accessedAtMs = nowMs;
    context.agenda.set(this, nowMs + autoDeleteOnIdleMs);
  }

  /** Unix time in milliseconds of the last use of any kind. */
  get accessedAtMs(): number {
    return Math.max(this.#accessedAtMs, this.owner.usedAtMs(this.context.nowMs));
  }

  /** Restores the times of creation and change; the restoration itself counts as a use. */
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

  /** Only records the time: the deadline is moved when it is reached, not with every message. */
  accessed(nowMs: number): void {
    this.#accessedAtMs = nowMs;
  }

  advance(nowMs: number): void {
    const idleAtMs = Math.max(this.#accessedAtMs, this.owner.usedAtMs(nowMs)) + this.autoDeleteOnIdleMs;
    if (idleAtMs <= nowMs) this.owner.deleteIdle(nowMs);
    else this.context.agenda.set(this, idleAtMs);
  }

  close(): void {
    this.context.agenda.delete(this);
  }
}

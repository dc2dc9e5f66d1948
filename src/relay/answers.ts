import { ByteBudget } from '../http/index.js';

/** The bodies in one answer are at most so many bytes, but for a single message that is larger by itself. */
const MAX_ANSWER_BYTES = 16 * 1024 * 1024;
/** A body takes its size several times over while an answer is made of it. */
const MAX_BYTES_AT_ONCE = 2 * MAX_ANSWER_BYTES;

/** Answers with messages in them, which are being made or handed over: together they are bounded. */
export class Answers {
  private readonly budget = new ByteBudget(MAX_BYTES_AT_ONCE);

  get limitBytes(): number {
    return this.budget.limitBytes;
  }

  begin(): Answer {
    return new Answer(this.budget);
  }
}

/** One answer, as far as its size goes; to be ended. */
export class Answer {
  private readonly parts: (() => void)[] = [];
  private takenBytes = 0;

  constructor(private readonly budget: ByteBudget) {}

  /** The bytes of the messages in it. */
  get heldBytes(): number {
    return this.takenBytes;
  }

  /** So many bytes more fit. */
  get freeBytes(): number {
    return Math.max(Math.min(MAX_ANSWER_BYTES - this.takenBytes, this.budget.freeBytes), 0);
  }

  /** Takes the room for another message; returns whether there is as much. */
  admit(bytes: number): boolean {
    if (this.parts.length > 0 && this.takenBytes + bytes > MAX_ANSWER_BYTES) return false;
    // One that is larger by itself must go through, or nothing ever would.
    const giveBack = this.budget.take(Math.min(bytes, MAX_ANSWER_BYTES));
    if (!giveBack) return false;
    this.parts.push(giveBack);
    this.takenBytes += bytes;
    return true;
  }

  end(): void {
    for (const giveBack of this.parts.splice(0)) giveBack();
  }
}

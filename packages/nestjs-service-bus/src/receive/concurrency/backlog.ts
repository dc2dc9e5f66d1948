/** Of all bindings of a connection: one alone may have as many behind its handlers. */
const MAX_TOTAL = 1_400;

const BACKLOGS = new WeakMap<object, Backlog>();

/**
 * What all bindings of a connection have here besides the messages in their handlers: those that wait for one, and those
 * whose results and settlements are on their way. Each binding learns by itself how many it can use, and two hundred of
 * them would fill the memory of the process: once there are as many of all as one alone may have, each is let have its
 * share of that and no more. It always has its share, so that none waits for another.
 */
export class Backlog {
  private total = 0;
  private parts = 0;

  constructor(private readonly maxTotal = MAX_TOTAL) {}

  /** The backlog of all who share this object. */
  static of(owner: object): Backlog {
    let backlog = BACKLOGS.get(owner);
    if (!backlog) BACKLOGS.set(owner, (backlog = new Backlog()));
    return backlog;
  }

  /** How many messages a part may have now: any number until there are too many of all. */
  get share(): number {
    if (this.total < this.maxTotal) return Infinity;
    return Math.max(Math.floor(this.maxTotal / this.parts), 1);
  }

  /** The part of one more binding. */
  join(): BacklogPart {
    this.parts++;
    return new BacklogPart(this);
  }

  /** A part has so many messages more than before. */
  changed(by: number): void {
    this.total += by;
  }

  left(): void {
    this.parts--;
  }
}

/** The backlog of one binding. */
export class BacklogPart {
  private size = 0;
  private hasLeft = false;

  constructor(private readonly whole: Backlog) {}

  /** Notes how many messages the binding has. */
  note(size: number): void {
    if (this.hasLeft || size === this.size) return;
    this.whole.changed(size - this.size);
    this.size = size;
  }

  /** Notes the same, and says how many more it may have. */
  roomBeside(size: number): number {
    if (this.hasLeft) return 0;
    this.note(size);
    return Math.max(this.whole.share - size, 0);
  }

  /** The binding receives no more: its messages and its share are nobody's business. */
  leave(): void {
    if (this.hasLeft) return;
    this.whole.changed(-this.size);
    this.whole.left();
    this.hasLeft = true;
  }
}

/** Of all bindings of a connection: one alone may have as many behind its handlers. */
const MAX_TOTAL = 1_400;
/** Of all bindings of a connection: one alone may have as many. */
const MAX_PREFETCH = 500;

const BACKLOGS = new WeakMap<object, Backlog>();

/**
 * What all bindings of a connection have here besides the messages in their handlers: those that wait for one, and those
 * whose results and settlements are on their way. Each binding learns by itself how many it can use, and two hundred of
 * them would fill the memory of the process: together they have hardly more than one alone may have, and each always
 * has its share, so that none waits for another.
 */
export class Backlog {
  private total = 0;
  private prefetch = 0;
  private parts = 0;

  constructor(
    private readonly maxTotal = MAX_TOTAL,
    private readonly maxPrefetch = MAX_PREFETCH,
  ) {}

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

  /** What a part gets of each message that it wants ahead of its handlers. */
  get shareOfPrefetch(): number {
    return this.prefetch <= this.maxPrefetch ? 1 : this.maxPrefetch / this.prefetch;
  }

  /** The part of one more binding. */
  join(): BacklogPart {
    this.parts++;
    return new BacklogPart(this);
  }

  /** A part has so many messages more than before, and wants so many more ahead of its handlers. */
  changed(messages: number, prefetch: number): void {
    this.total += messages;
    this.prefetch += prefetch;
  }

  left(): void {
    this.parts--;
  }
}

/** The backlog of one binding. */
export class BacklogPart {
  private size = 0;
  private prefetch = 0;
  private hasLeft = false;

  constructor(private readonly whole: Backlog) {}

  /** Notes how many messages the binding has, and says how many more it may have. */
  roomBeside(size: number): number {
    if (this.hasLeft) return 0;
    if (size !== this.size) this.whole.changed(size - this.size, 0);
    this.size = size;
    return Math.max(this.whole.share - size, 0);
  }

  /** Notes how many messages the binding wants ahead of its handlers, and says how many it may have. */
  prefetchFor(wanted: number): number {
    if (this.hasLeft) return 0;
    if (wanted !== this.prefetch) this.whole.changed(0, wanted - this.prefetch);
    this.prefetch = wanted;
    return Math.ceil(wanted * this.whole.shareOfPrefetch);
  }

  /** The binding receives no more: its messages and its share are nobody's business. */
  leave(): void {
    if (this.hasLeft) return;
    this.whole.changed(-this.size, -this.prefetch);
    this.whole.left();
    this.hasLeft = true;
  }
}

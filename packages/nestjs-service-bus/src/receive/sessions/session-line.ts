import { type ServiceBusReceivedMessage } from '@azure/service-bus';

/** A message that has come and is not begun, with its place in the link's window. */
export interface Arrived {
  readonly message: ServiceBusReceivedMessage;
  readonly place: number;
}

/**
 * The messages of a session that are here and not begun, in the order in which they are to be processed. A message that
 * has gone back for another attempt is the next one, also when later ones are here already: they wait for it.
 */
export class SessionLine {
  private readonly waiting: Arrived[] = [];
  private expected: ServiceBusReceivedMessage['sequenceNumber'];
  private isBroken = false;

  get size(): number {
    return this.waiting.length;
  }

  /** True while a message that has gone back is not here again. */
  get isHeldUp(): boolean {
    return this.expected !== undefined;
  }

  /** The message goes back, and comes again before any other may go on. */
  expect({ sequenceNumber }: ServiceBusReceivedMessage): void {
    this.expected = sequenceNumber;
  }

  /** The message goes back, and does not come again to us: what is behind it, here and on its way, goes back as well. */
  breakOff(): void {
    this.isBroken = true;
    this.clear();
  }

  add(arrived: Arrived): void {
    if (this.isBroken) return;
    const { sequenceNumber } = arrived.message;
    if (this.expected === undefined || !sequenceNumber?.equals(this.expected)) {
      this.waiting.push(arrived);
      return;
    }
    this.expected = undefined;
    this.waiting.unshift(arrived);
  }

  /** Takes the next one; undefined where there is none, or where it is not here. */
  take(): Arrived | undefined {
    return this.isHeldUp ? undefined : this.waiting.shift();
  }

  /** The session goes back, and all of its messages with it. */
  clear(): void {
    this.waiting.length = 0;
    this.expected = undefined;
  }
}

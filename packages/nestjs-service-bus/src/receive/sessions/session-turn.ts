import { type Slots } from '../concurrency/slots.js';

/** A session of a binding with a rate, where its sessions wait for their turn: one message of each at a time. */
export class SessionTurn {
  private place?: (isGranted: boolean) => void;
  private hasLeft = false;

  constructor(private readonly turns: Slots) {}

  /** Waits until the rate allows a message; resolves with false if the session has left the line before. */
  async take(): Promise<boolean> {
    const isGranted = this.turns.tryTake() || (await this.wait());
    // What it limits is how often, and not how many at once.
    if (isGranted) this.turns.release();
    return isGranted && !this.hasLeft;
  }

  /** Ends the wait, if there is one, and gets no turn any more. */
  leave(): void {
    this.hasLeft = true;
    if (this.place) this.turns.leave(this.place);
  }

  private wait(): Promise<boolean> {
    return new Promise((resolve) => {
      this.place = resolve;
      this.turns.wait(resolve);
    });
  }
}

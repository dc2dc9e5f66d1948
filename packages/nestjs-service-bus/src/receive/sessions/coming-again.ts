import { within } from '../../time/within.js';

/** Within this time a message that we gave back is with us again, as long as its session is. */
export const COMES_AGAIN_MS = 2_000;

/** A message that was given back only to write its attempt down, and is on its way to us again. */
export class ComingAgain {
  private arriving?: Promise<void> | undefined;
  private arrive?: () => void;

  get isExpected(): boolean {
    return this.arriving !== undefined;
  }

  expect(): void {
    this.arriving = new Promise((resolve) => (this.arrive = resolve));
  }

  /** It is here, or nobody waits for it any more. */
  arrived(): void {
    this.arrive?.();
    this.arriving = undefined;
  }

  /** Waits for it, and no longer than it can take. */
  async end(): Promise<void> {
    if (this.arriving) await within(COMES_AGAIN_MS, this.arriving);
    this.arriving = undefined;
  }
}

/** Lets a loop sleep until something happens, and remembers what happens while it does not. */
export class Waker {
  private isAwake = false;
  private whenAwake?: () => void;

  /** Ends the sleep, or the next one if there is none. */
  wake(): void {
    this.isAwake = true;
    this.whenAwake?.();
  }

  /** Resolves at the next `wake`, or after this time. */
  async sleep(durationMs: number): Promise<void> {
    if (!this.isAwake) {
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, durationMs);
        this.whenAwake = () => {
          clearTimeout(timer);
          resolve();
        };
      });
    }
    this.whenAwake = undefined;
    this.isAwake = false;
  }
}

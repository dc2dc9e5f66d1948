/** Waits for `work`, at most `timeoutMs`; returns whether it succeeded by then. */
export function within(timeoutMs: number, work: Promise<unknown>): Promise<boolean> {
  return new Promise((resolve) => {
    const timer = setTimeout(() => resolve(false), timeoutMs);
    const end = (isDone: boolean): void => {
      clearTimeout(timer);
      resolve(isDone);
    };
    work.then(
      () => end(true),
      () => end(false),
    );
  });
}

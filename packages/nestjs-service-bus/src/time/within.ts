/**
 * Waits for `work`, but no longer than `timeoutMs`. Never rejects: a rejection of `work` resolves with 'failed'. Bounds
 * what may never end: the SDK's `close()` does not settle while the connection is down.
 */
export function within(timeoutMs: number, work: Promise<unknown>): Promise<'done' | 'failed' | 'late'> {
  return new Promise((resolve) => {
    const timer = setTimeout(() => resolve('late'), timeoutMs);
    work.then(
      () => {
        clearTimeout(timer);
        resolve('done');
      },
      () => {
        clearTimeout(timer);
        resolve('failed');
      },
    );
  });
}

/**
 * Waits for `work`, but not longer than `timeoutMs`, and resolves with how that ended. Bounds what may never end: the
 * SDK's `close()` does not settle while the connection is down.
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

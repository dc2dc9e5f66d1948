/**
 * Waits until something is true, looking every few milliseconds; fails after `timeoutMs`: long enough for a busy machine,
 * and shorter than the emulator's default lock, so that nothing comes true by a lock's end.
 */
export async function until(isTrue: () => boolean | Promise<boolean>, timeoutMs = 20_000): Promise<void> {
  const deadline = performance.now() + timeoutMs;
  while (!(await isTrue())) {
    if (performance.now() > deadline)
      throw new Error(`not true within ${timeoutMs} ms: ${isTrue.toString()}`);
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}

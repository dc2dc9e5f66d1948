const LONG_MS = 10_000;

/**
 * The SDK leaves timers of up to a minute behind for answers that a broken connection has swallowed, and closing
 * the client does not clear them. Long timers made from now on do not keep the test's process alive.
 */
export function letSdkTimersGo(): void {
  const { setTimeout: start } = globalThis;
  globalThis.setTimeout = Object.assign((...args: Parameters<typeof start>) => {
    const timer = start(...args);
    if ((args[1] ?? 0) >= LONG_MS) timer.unref();
    return timer;
  }, start);
}

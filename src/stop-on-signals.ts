import { type LoggerService } from '@nestjs/common';

/** Longer than a drain (25 s) with all its closes. */
const DEADLINE_MS = 40_000;
/** A terminal and npm both pass on one Ctrl-C: a second signal this soon is the first one's echo. */
const ECHO_MS = 250;
const CONTEXT = 'Shutdown';

/** On SIGTERM or SIGINT, closes and exits; a second signal, or a close that hangs, exits without waiting. */
export function stopOnSignals(logger: LoggerService, close: () => Promise<void>): void {
  let stoppingSinceMs: number | undefined;
  const stop = (signal: NodeJS.Signals, exitCode: number): void => {
    if (stoppingSinceMs !== undefined) {
      if (performance.now() - stoppingSinceMs > ECHO_MS) process.exit(exitCode);
      return;
    }
    stoppingSinceMs = performance.now();
    logger.log(`${signal}: finishing the messages in work, a second signal stops at once`, CONTEXT);
    setTimeout(() => process.exit(exitCode), DEADLINE_MS).unref();
    close().then(
      () => process.exit(0),
      (error: unknown) => {
        logger.error(error instanceof Error ? error.stack : error, CONTEXT);
        process.exit(1);
      },
    );
  };
  // What a shell reports for a process that a signal has ended: 128 and the signal's number.
  process.on('SIGTERM', () => stop('SIGTERM', 143));
  process.on('SIGINT', () => stop('SIGINT', 130));
}

import { type LoggerService } from '@nestjs/common';

import { describeFailure } from './start/describe-failure.js';

/** Longer than a drain (25 s) with all its closes. */
const DEADLINE_MS = 40_000;
/** A terminal and npm both pass on one Ctrl-C: a second signal this soon is the first one's echo. */
const ECHO_MS = 250;
const CONTEXT = 'Shutdown';

/** How a process ends; `abandon` is called where it ends without waiting for `close`. */
export interface Ending {
  readonly close: () => Promise<void>;
  readonly abandon?: () => void;
  /** After that long the process exits, closed or not. */
  readonly deadlineMs?: number;
}

/** Starts to stop, for another cause than a signal; what is done by then exits with 0, or the code given. */
export type Stop = (cause: string, exitCode?: number) => void;

/** On SIGTERM or SIGINT, closes and exits; a second signal, or a close that hangs, exits without waiting. */
export function stopOnSignals(
  logger: LoggerService,
  { close, abandon, deadlineMs = DEADLINE_MS }: Ending,
): Stop {
  let stoppingSinceMs: number | undefined;
  const exitNow = (exitCode: number): void => {
    abandon?.();
    process.exit(exitCode);
  };
  const stop = (cause: string, exitCode: number, hurriedExitCode: number): void => {
    stoppingSinceMs = performance.now();
    logger.log(`${cause}: finishing the messages in work, a second signal stops at once`, CONTEXT);
    setTimeout(() => exitNow(hurriedExitCode), deadlineMs).unref();
    close().then(
      () => process.exit(exitCode),
      (error: unknown) => {
        logger.error(describeFailure(error), undefined, CONTEXT);
        process.exit(1);
      },
    );
  };
  const onSignal = (signal: NodeJS.Signals, hurriedExitCode: number): void => {
    if (stoppingSinceMs === undefined) stop(signal, 0, hurriedExitCode);
    else if (performance.now() - stoppingSinceMs > ECHO_MS) exitNow(hurriedExitCode);
  };
  // What a shell reports for a process that a signal has ended: 128 and the signal's number.
  process.on('SIGTERM', () => onSignal('SIGTERM', 143));
  process.on('SIGINT', () => onSignal('SIGINT', 130));
  return (cause, exitCode = 0) => {
    if (stoppingSinceMs === undefined) stop(cause, exitCode, exitCode || 1);
  };
}

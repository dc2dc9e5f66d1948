import { type LoggerService } from '@nestjs/common';

import { describeFailure } from './start/describe-failure.js';

/** Longer than a drain (25 s) and everything that closes after it. */
const DEADLINE_MS = 40_000;
/** A terminal and npm both pass on the same Ctrl-C: a second signal this soon is an echo of the first. */
const ECHO_MS = 250;
const CONTEXT = 'Shutdown';

/** How a process stops; `abandon` is called when it exits without waiting for `close`. */
export interface Ending {
  readonly close: () => Promise<void>;
  readonly abandon?: () => void;
  /** After this time the process exits, whether closed or not. */
  readonly deadlineMs?: number;
}

/** Begins a shutdown for another cause than a signal; `exitCode` is 0 by default. */
export type Stop = (cause: string, exitCode?: number) => void;

/** On SIGTERM or SIGINT, closes and exits. A second signal, or a close that hangs, exits at once. */
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
  // A shell reports 128 plus the signal's number for a process that a signal has ended.
  process.on('SIGTERM', () => onSignal('SIGTERM', 143));
  process.on('SIGINT', () => onSignal('SIGINT', 130));
  return (cause, exitCode = 0) => {
    if (stoppingSinceMs === undefined) stop(cause, exitCode, exitCode || 1);
  };
}

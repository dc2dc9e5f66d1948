import { DeskError } from '../desk-error.js';

/** How the command ends. */
export const ExitCode = {
  done: 0,
  failed: 1,
  wrongUse: 2,
  /** The first messages did not succeed, and the others were left alone. */
  canaryFailed: 3,
  /** Some messages stayed where they were. */
  partly: 4,
  interrupted: 130,
} as const;

/** The exit code for what went wrong. */
export function exitCodeOf(error: unknown): number {
  if (!(error instanceof DeskError)) return ExitCode.failed;
  if (error.code === 'bad-input') return ExitCode.wrongUse;
  return error.code === 'canary-failed' ? ExitCode.canaryFailed : ExitCode.failed;
}

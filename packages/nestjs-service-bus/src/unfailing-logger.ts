import { Logger } from '@nestjs/common';

/**
 * Nest's logger, for lines that are written while messages and links are looked after. The application's own logger
 * stands behind it and may throw: that must never change what becomes of a message. Names and errors of a line come
 * from outside, with whatever is in them: each line stays one.
 */
export class UnfailingLogger extends Logger {
  override log(line: unknown, ...others: unknown[]): void {
    attempt(() => super.log(onOneLine(line), ...others));
  }

  override debug(line: unknown, ...others: unknown[]): void {
    attempt(() => super.debug(onOneLine(line), ...others));
  }

  override warn(line: unknown, ...others: unknown[]): void {
    attempt(() => super.warn(onOneLine(line), ...others));
  }

  override error(line: unknown, ...others: unknown[]): void {
    attempt(() => super.error(onOneLine(line), ...others));
  }
}

function onOneLine(line: unknown): unknown {
  return typeof line === 'string' ? line.replace(/[\p{Cc}\u2028\u2029]+/gu, ' ') : line;
}

function attempt(write: () => void): void {
  try {
    write();
  } catch {
    // There is nobody left to tell.
  }
}

import { Logger } from '@nestjs/common';

/**
 * Nest's logger, for lines that are written while messages and links are looked after. The application's own logger
 * stands behind it and may throw: that must never change what becomes of a message.
 */
export class UnfailingLogger extends Logger {
  override log(...line: [unknown, ...unknown[]]): void {
    attempt(() => super.log(...line));
  }

  override warn(...line: [unknown, ...unknown[]]): void {
    attempt(() => super.warn(...line));
  }

  override error(...line: [unknown, ...unknown[]]): void {
    attempt(() => super.error(...line));
  }
}

function attempt(write: () => void): void {
  try {
    write();
  } catch {
    // There is nobody left to tell.
  }
}

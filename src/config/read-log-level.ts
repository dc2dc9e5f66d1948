import { type VariableReader } from './variable-reader.js';

/** What `LOG_LEVEL` may be, the quietest first. */
export const LOG_LEVELS = ['silent', 'fatal', 'error', 'warn', 'info', 'debug', 'trace'] as const;

/** How much is logged. */
export type LogLevel = (typeof LOG_LEVELS)[number];

/** Reads how much is logged. */
export function readLogLevel(reader: VariableReader): LogLevel {
  return reader.oneOf('LOG_LEVEL', 'info', LOG_LEVELS);
}

import { type VariableReader } from './variable-reader.js';

/** The values of `LOG_LEVEL`, from the quietest on. */
export const LOG_LEVELS = ['silent', 'fatal', 'error', 'warn', 'info', 'debug', 'trace'] as const;

/** A value of `LOG_LEVEL`. */
export type LogLevel = (typeof LOG_LEVELS)[number];

/** Reads which messages are logged. */
export function readLogLevel(reader: VariableReader): LogLevel {
  return reader.oneOf('LOG_LEVEL', 'info', LOG_LEVELS);
}

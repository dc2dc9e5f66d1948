import { type LoggerService, type LogLevel as NestLevel } from '@nestjs/common';

import { type LogLevel } from '../config/index.js';

/** A log whose level can change while the service runs. */
export interface ServiceLogger extends LoggerService {
  setLevel(level: LogLevel): void;
}

/** What Nest calls the levels that are logged. */
export const NEST_LEVELS = {
  silent: [],
  fatal: ['fatal'],
  error: ['fatal', 'error'],
  warn: ['fatal', 'error', 'warn'],
  info: ['fatal', 'error', 'warn', 'log'],
  debug: ['fatal', 'error', 'warn', 'log', 'debug'],
  trace: ['fatal', 'error', 'warn', 'log', 'debug', 'verbose'],
} satisfies Record<LogLevel, NestLevel[]>;

import { ConsoleLogger, type LogLevel as NestLevel } from '@nestjs/common';

import { type LogLevel } from '../config/index.js';
import { indented } from './indented.js';
import { messageFields } from './message-fields.js';
import { redact } from './redact.js';
import { NEST_LEVELS, type ServiceLogger } from './service-logger.js';

/** Nest's own log, for people: with the message that a line is about, and without secrets. */
export class TextLogger extends ConsoleLogger implements ServiceLogger {
  setLevel(level: LogLevel): void {
    this.setLogLevels(NEST_LEVELS[level]);
  }

  protected override formatMessage(...args: Parameters<ConsoleLogger['formatMessage']>): string {
    return redact(super.formatMessage(...args));
  }

  protected override stringifyMessage(message: unknown, level: NestLevel): string {
    const shown = typeof message === 'string' ? indented(message) : message;
    return super.stringifyMessage(shown, level) + this.describeMessage();
  }

  protected override printStackTrace(stack: string): void {
    super.printStackTrace(stack && redact(indented(stack)));
  }

  private describeMessage(): string {
    const fields = messageFields();
    // A line about a message's end says all of it.
    if (!fields || fields.outcome !== undefined) return '';
    const named = Object.entries(fields).filter(([, value]) => value !== undefined);
    // They come from outside, and are to stay on their line.
    return ` {${named.map(([name, value]) => `${name}=${String(value).replace(/\p{Cc}/gu, ' ')}`).join(' ')}}`;
  }
}

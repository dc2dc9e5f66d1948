import { ConsoleLogger, type LogLevel as NestLevel } from '@nestjs/common';
import { destination, type DestinationStream, type Level, type Logger, pino } from 'pino';

import { type LogLevel } from '../config/index.js';
import { messageFields } from './message-fields.js';
import { redact } from './redact.js';
import { lineFields } from './message-lines.js';
import { NEST_LEVELS, type ServiceLogger } from './service-logger.js';

type Line = Parameters<ConsoleLogger['printAsJson']>[1];

const PINO_LEVELS = {
  fatal: 'fatal',
  error: 'error',
  warn: 'warn',
  log: 'info',
  debug: 'debug',
  verbose: 'trace',
} satisfies Record<NestLevel, Level>;

/** One JSON object a line, for machines, by pino: with the message that it is about, and without secrets. */
export class JsonLogger extends ConsoleLogger implements ServiceLogger {
  private readonly pino: Logger;

  /** `worker` is the process's number where several share the work; `output` is for tests. */
  constructor(worker?: number, output: DestinationStream = destination({ dest: 1, sync: true })) {
    // What Nest makes of its arguments (context, stack, parameters) is the same in both forms of the log.
    super({ json: true });
    this.pino = pino(
      {
        level: 'trace',
        base: worker === undefined ? null : { worker },
        messageKey: 'message',
        timestamp: pino.stdTimeFunctions.isoTime,
        formatters: { level: (level) => ({ level }) },
      },
      // Once for the whole line: a secret may be anywhere in it, also in the middle of an error's message.
      { write: (line: string) => output.write(redact(line)) },
    );
  }

  setLevel(level: LogLevel): void {
    this.setLogLevels(NEST_LEVELS[level]);
  }

  protected override printAsJson(
    message: unknown,
    { context, logLevel, errorStack, params, error }: Line,
  ): void {
    const fields = {
      ...(context !== '' && { context }),
      ...messageFields(),
      ...lineFields(),
      ...(errorStack !== undefined && { stack: errorStack }),
      ...(error && { error: this.serializeError(error) }),
      ...(params && { params: params as Record<string, unknown> }),
    };
    const isText = typeof message === 'string';
    this.pino[PINO_LEVELS[logLevel]](isText ? fields : { ...fields, data: message }, isText ? message : '');
  }
}

import { Logger } from '@nestjs/common';

import { type Configuration } from '../config/index.js';
import { mayColor } from './may-color.js';
import { type ServiceLogger } from './service-logger.js';
import { surviveClosedOutputs } from './survive-closed-outputs.js';
import { TextLogger } from './text-logger.js';

/**
 * Makes the process's log, and replays what was logged before it existed; `worker` is its number where several
 * processes share the work.
 */
export async function createLogger(
  { logLevel, logFormat }: Pick<Configuration, 'logLevel' | 'logFormat'>,
  worker?: number,
): Promise<ServiceLogger> {
  surviveClosedOutputs();
  const prefix = worker === undefined ? 'Nest' : `Worker ${worker}`;
  // Loaded only where it is used.
  const logger =
    logFormat === 'json'
      ? new (await import('./json-logger.js')).JsonLogger(worker)
      : new TextLogger({ prefix, colors: mayColor(process.env, [process.stdout, process.stderr]) });
  logger.setLevel(logLevel);
  Logger.overrideLogger(logger);
  Logger.flush();
  return logger;
}

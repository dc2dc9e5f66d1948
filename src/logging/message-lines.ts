import { Logger } from '@nestjs/common';

import { type MessageLogLevel } from '../config/index.js';

type Fields = Readonly<Record<string, unknown>>;

/** Set only while a line is written, which does not wait. */
let current: Fields | undefined;

/** Returns what writes lines about messages at a level: with their fields in the log for machines only. */
export function messageLines(
  context: string,
  level: MessageLogLevel,
): (line: string, fields: Fields) => void {
  const logger = new Logger(context);
  return (line, fields) => {
    current = fields;
    try {
      if (level === 'info') logger.log(line);
      else logger.debug(line);
    } finally {
      current = undefined;
    }
  };
}

/** The fields of the line that is being written. */
export function lineFields(): Fields | undefined {
  return current;
}

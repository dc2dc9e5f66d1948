import { type VariableReader } from './variable-reader.js';

/** How a line of the log looks: for machines, or for people. */
export const LOG_FORMATS = ['json', 'text'] as const;

/** How a line of the log looks. */
export type LogFormat = (typeof LOG_FORMATS)[number];

/** Reads how lines of the log look. */
export function readLogFormat(reader: VariableReader, production: boolean): LogFormat {
  return reader.oneOf('LOG_FORMAT', production ? 'json' : 'text', LOG_FORMATS);
}

/** Reads whether the lines that handlers log tell which message they are about. */
export function readLogMessageContext(reader: VariableReader): boolean {
  return reader.oneOf('LOG_MESSAGE_CONTEXT', 'on', ['on', 'off']) === 'on';
}

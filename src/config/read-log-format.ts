import { type VariableReader } from './variable-reader.js';

/** The values of `LOG_FORMAT`: for machines, or for people. */
export const LOG_FORMATS = ['json', 'text'] as const;

/** A value of `LOG_FORMAT`. */
export type LogFormat = (typeof LOG_FORMATS)[number];

/** Reads the format of the log. */
export function readLogFormat(reader: VariableReader, production: boolean): LogFormat {
  return reader.oneOf('LOG_FORMAT', production ? 'json' : 'text', LOG_FORMATS);
}

/** Reads whether lines of the log show the bodies of messages. */
export function readLogBodies(reader: VariableReader, production: boolean): boolean {
  return reader.oneOf('LOG_BODIES', production ? 'off' : 'on', ['on', 'off']) === 'on';
}

/** Reads whether the lines that handlers log name the message they are about. */
export function readLogMessageContext(reader: VariableReader): boolean {
  return reader.oneOf('LOG_MESSAGE_CONTEXT', 'on', ['on', 'off']) === 'on';
}

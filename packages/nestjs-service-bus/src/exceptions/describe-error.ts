import { isError, readField, toText } from './read-thrown.js';

/** An error's own name, or its class's where nobody set one. Never throws, like all of this file. */
export function errorName(error: unknown): string {
  const name = readField(error, 'name');
  if (isName(name) && name !== 'Error') return name;
  const className = readField(readField(error, 'constructor'), 'name');
  return isName(className) && className !== 'Object' ? className : 'Error';
}

/** An error's message as text, whatever it is; empty where there is none. */
export function errorMessage(error: unknown): string {
  const message = readField(error, 'message');
  return message === undefined || message === null ? '' : toText(message);
}

/** An error's stack, where it has one that can be read. */
export function errorStack(error: unknown): string | undefined {
  const stack = readField(error, 'stack');
  return typeof stack === 'string' && stack !== '' ? stack : undefined;
}

/** An error in one line, for a log. */
export function describeError(error: unknown): string {
  return isError(error) ? `${errorName(error)}: ${errorMessage(error)}` : describeThrown(error);
}

/** What was thrown without being an Error, in one line. */
export function describeThrown(thrown: unknown): string {
  if (typeof thrown === 'string') return thrown;
  const message = readField(thrown, 'message');
  if (typeof message === 'string') return message;
  if (typeof thrown !== 'object' || thrown === null) return toText(thrown);
  try {
    return JSON.stringify(thrown) ?? toText(thrown);
  } catch {
    return toText(thrown);
  }
}

function isName(value: unknown): value is string {
  return typeof value === 'string' && value !== '';
}

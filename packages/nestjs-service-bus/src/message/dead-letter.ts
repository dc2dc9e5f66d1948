import { hostname } from 'node:os';

import { type SettlementProperties } from '../delivery/settlement.js';
import { describeThrown, errorMessage, errorName, errorStack } from '../exceptions/describe-error.js';
import { isError } from '../exceptions/read-thrown.js';

// Service Bus refuses longer reasons and descriptions than 4,096 characters; the stack's end is of little use.
const MAX_DESCRIPTION_LENGTH = 1_024;
const MAX_REASON_LENGTH = 256;
const MAX_STACK_LENGTH = 8_192;

/** Where a message was dead-lettered, for its application properties. */
export interface DeadLetterOrigin {
  readonly handler?: string;
  readonly attempt: number;
}

/** Reason and description of a dead-lettered message. */
export interface DeadLetterCause {
  readonly reason: string;
  readonly description: string;
  readonly stack?: string;
}

/** The cause that an error which no attempt survived leaves on its message. */
export function deadLetterCause(error: unknown): DeadLetterCause {
  if (!isError(error)) return { reason: 'Error', description: describeThrown(error) };
  const reason = errorName(error);
  const message = errorMessage(error);
  const stack = errorStack(error) ?? `${reason}: ${message}`;
  const description = stack.includes(message) ? stack : `${message}\n${stack}`;
  return { reason, description, stack: description };
}

/** The application properties that a dead-lettered message gets on top of its own. */
export function deadLetterProperties(cause: DeadLetterCause, origin: DeadLetterOrigin): SettlementProperties {
  const properties: SettlementProperties = {
    'dead-letter-host': hostname(),
    'dead-letter-attempt': origin.attempt,
  };
  if (origin.handler !== undefined) properties['dead-letter-handler'] = origin.handler;
  if (cause.stack !== undefined) properties['dead-letter-stack'] = cut(cause.stack, MAX_STACK_LENGTH);
  return properties;
}

/** Fits reason and description to what the broker takes. */
export function fitCause(cause: DeadLetterCause): { reason: string; description: string } {
  return {
    reason: cut(cause.reason, MAX_REASON_LENGTH),
    description: cut(cause.description, MAX_DESCRIPTION_LENGTH),
  };
}

/** Cuts between characters, never within a surrogate pair. */
function cut(text: string, length: number): string {
  if (text.length <= length) return text;
  const last = text.charCodeAt(length - 1);
  return text.slice(0, last >= 0xd800 && last <= 0xdbff ? length - 1 : length);
}

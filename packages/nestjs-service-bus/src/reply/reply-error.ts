import { RpcException } from '@nestjs/microservices';

import { DeadLetterException } from '../exceptions/dead-letter.exception.js';
import { FilteredError } from '../exceptions/filtered.error.js';
import { errorMessage, errorName } from '../exceptions/describe-error.js';
import { isError, isInstance, readField, toText } from '../exceptions/read-thrown.js';
import { UnsendableResultError } from '../exceptions/unsendable-result.error.js';
import { validationProblems } from '../validation/validation-problems.js';

const MAX_SMALL_LENGTH = 128;

/**
 * The body of an error reply, by Nest's conventions: what an exception filter gave goes as it is, an RpcException says
 * what it was made with, refused payloads and dead-lettering handlers say why, and of any other error only its name
 * leaves the service.
 */
export function replyError(error: unknown): unknown {
  if (!isInstance(error, FilteredError)) return contentOfThrown(error);
  const { given, thrown } = error;
  if (given === undefined || given === null) return contentOfThrown(thrown);
  return isError(given) ? contentOfThrown(given) : given;
}

/** The same in few words, for a requester that could not be told all. */
export function smallReplyError(error: unknown): object {
  const thrown = isInstance(error, FilteredError) ? error.thrown : error;
  const reason = isInstance(thrown, DeadLetterException) ? toText(thrown.reason) : errorName(thrown);
  return {
    status: 'error',
    reason: reason.slice(0, MAX_SMALL_LENGTH),
    message: 'what the error says could not be sent',
  };
}

function contentOfThrown(error: unknown): object {
  if (isInstance(error, DeadLetterException)) {
    const reason = toText(error.reason);
    return { status: 'error', reason, message: toText(error.description) || reason };
  }
  if (isInstance(error, UnsendableResultError)) {
    return { status: 'error', reason: error.reason, message: error.message };
  }
  const problems = validationProblems(error);
  if (problems) return { status: 'error', reason: 'ValidationFailed', message: problems.join('; ') };
  if (isInstance(error, RpcException)) {
    const content = contentOf(error);
    if (typeof content === 'object' && content !== null && content !== error) return content;
    return { status: 'error', reason: errorName(error), message: errorMessage(error) };
  }
  return {
    status: 'error',
    reason: isError(error) ? errorName(error) : 'Error',
    message: 'Internal server error',
  };
}

function contentOf(error: RpcException): unknown {
  try {
    return error.getError();
  } catch {
    return readField(error, 'error');
  }
}

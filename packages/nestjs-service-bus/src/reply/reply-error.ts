import { RpcException } from '@nestjs/microservices';

import { DeadLetterException } from '../exceptions/dead-letter.exception.js';
import { errorName } from '../exceptions/describe-error.js';
import { validationProblems } from '../validation/validation-problems.js';

/**
 * The body of an error reply, by Nest's conventions: an RpcException says what it was made with, refused payloads
 * and dead-lettering handlers say why, and of any other error only its name leaves the service.
 */
export function replyError(error: unknown): object {
  if (error instanceof DeadLetterException) {
    return { status: 'error', reason: error.reason, message: error.description || error.reason };
  }
  const problems = validationProblems(error);
  if (problems) return { status: 'error', reason: 'ValidationFailed', message: problems.join('; ') };
  if (error instanceof RpcException) {
    const content = error.getError();
    if (typeof content === 'object' && content !== error) return content;
    return { status: 'error', reason: errorName(error), message: error.message };
  }
  const reason = error instanceof Error ? errorName(error) : 'Error';
  return { status: 'error', reason, message: 'Internal server error' };
}

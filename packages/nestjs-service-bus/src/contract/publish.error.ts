import { serviceBusErrorCode } from '../sdk/index.js';
import { errorMessage } from '../exceptions/describe-error.js';

/** The broker takes no message of this contract at its destination; `cause` is the SDK's error. */
export class PublishError extends Error {
  override readonly name = 'PublishError';

  constructor(
    /** The contract's name. */
    readonly contract: string,
    /** The queue or topic. */
    readonly destination: string,
    problem: string,
    cause: unknown,
  ) {
    super(`contract "${contract}": ${problem}`, { cause });
  }
}

/** Says what to do about an error of a send, where that is known; else returns the error. */
export function explainSendError(contract: string, destination: string, error: unknown): unknown {
  if (serviceBusErrorCode(error) === 'MessagingEntityNotFound') {
    const problem = `there is no queue or topic "${destination}": create it, or correct the contract's "to"`;
    return new PublishError(contract, destination, problem, error);
  }
  // The broker has no condition of its own for it.
  if (/SessionId was not set/i.test(errorMessage(error))) {
    const problem =
      `"${destination}" requires sessions, and the message has none: pass { sessionId } to publish(), ` +
      'or give the contract sessionId: (payload) => …';
    return new PublishError(contract, destination, problem, error);
  }
  return error;
}

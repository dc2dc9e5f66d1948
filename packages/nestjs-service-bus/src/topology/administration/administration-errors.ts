import { describeError } from '../../exceptions/describe-error.js';
import { readField } from '../../exceptions/read-thrown.js';

/** The administration of a namespace refuses, or cannot be asked: the message says what to do. */
export class TopologyError extends Error {
  override readonly name = 'TopologyError';

  constructor(
    message: string,
    /** `no-right`: the key or identity may not manage entities. `unreachable`: there was no answer. */
    readonly reason: 'no-right' | 'unreachable' | 'refused',
    cause?: unknown,
  ) {
    super(message, { cause });
  }
}

const NO_ANSWER = new Set([
  'ECONNREFUSED',
  'ECONNRESET',
  'ENOTFOUND',
  'EAI_AGAIN',
  'ETIMEDOUT',
  'EPIPE',
  'REQUEST_SEND_ERROR',
]);

/** What an error of the administration client means. [SDK] Its codes, and statuses where a code has several meanings. */
export function readAdministrationError(
  error: unknown,
): 'missing' | 'exists' | 'no-right' | 'busy' | 'unreachable' | 'other' {
  const code = readField(error, 'code');
  const status = readField(error, 'statusCode');
  const message = String(readField(error, 'message'));
  if (code === 'MessageEntityNotFoundError' || status === 404) return 'missing';
  if (code === 'MessageEntityAlreadyExistsError') return 'exists';
  if (status === 401 || (status === 403 && /claim|authori[sz]/i.test(message))) return 'no-right';
  // 409: somebody else is changing the same entity at this moment (sub-code 40901).
  if (status === 409 || status === 429 || (typeof status === 'number' && status >= 500)) return 'busy';
  return typeof code === 'string' && NO_ANSWER.has(code) ? 'unreachable' : 'other';
}

/** The error for people. `asked` says what was wanted: `create queue orders`. */
export function explainAdministrationError(error: unknown, asked: string, host: string): TopologyError {
  const kind = readAdministrationError(error);
  if (kind === 'no-right') {
    const remedy =
      'grant the identity the role "Azure Service Bus Data Owner" on the namespace, or give a connection string ' +
      "whose key has the right Manage; the application itself needs neither with provision: 'none'";
    return new TopologyError(`${asked}: no right to manage ${host}: ${remedy}`, 'no-right', error);
  }
  if (kind === 'unreachable' || kind === 'busy') {
    const text = `${asked}: ${host} does not answer as it should: ${describeError(error)}; try again later`;
    return new TopologyError(text, 'unreachable', error);
  }
  return new TopologyError(`${asked}: ${host} refuses: ${describeError(error)}`, 'refused', error);
}

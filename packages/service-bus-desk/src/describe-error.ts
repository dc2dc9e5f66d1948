import { DeskError } from '../desk-error.js';
import { codeOf, lastError } from '../sdk/retrying.js';
import { oneLine } from './streams.js';

/** How the command ends. */
export const ExitCode = {
  done: 0,
  failed: 1,
  wrongUse: 2,
  /** The first messages did not succeed, and the others were left alone. */
  canaryFailed: 3,
  /** Some messages stayed where they were. */
  partly: 4,
  interrupted: 130,
} as const;

const REMEDIES: Partial<Record<string, string>> = {
  UnauthorizedAccess:
    'this key may not do that: looking and removing need the right Listen, sending needs Send, counts and names need Manage',
  MessagingEntityNotFound:
    'there is no such entity in this namespace: service-bus-desk queues shows which there are',
  MessagingEntityDisabled: 'the entity is disabled: enable it first',
  ServiceBusy: 'the namespace is busy and asks to be left in peace: try again with a lower --rate',
  SessionCannotBeLocked: 'somebody else holds that session: try again when it is free',
  MessageNotFound: 'there is no such message any more',
  QuotaExceeded: 'the entity is full: its consumers have to catch up first',
  ServiceTimeout: 'the namespace does not answer: is the network in order?',
};
/** A key, or a signature made with one. */
const SECRET = /(SharedAccessKey\s*=|SharedAccessSignature\s*=?|\bsig=)[^;\s&"']*/gi;
const MAX_LENGTH = 600;

/** Says in one line what went wrong and what to do about it; never what a key is. */
export function describeError(error: unknown): string {
  const last = lastError(error);
  const { message, code } = (last ?? {}) as { message?: unknown; code?: unknown };
  const text = oneLine(
    (typeof message === 'string' ? message : String(last)).replace(SECRET, '$1<hidden>'),
    MAX_LENGTH,
  );
  const remedy = REMEDIES[codeOf(last) ?? ''];
  if (remedy !== undefined) return remedy;
  if (!/ECONNREFUSED|ENOTFOUND|EAI_AGAIN|ETIMEDOUT/.test(`${String(code)} ${text}`)) return text;
  return `the namespace cannot be reached (is the name right, and the network in order?): ${text}`;
}

/** The exit code for what went wrong. */
export function exitCodeOf(error: unknown): number {
  if (!(error instanceof DeskError)) return ExitCode.failed;
  if (error.code === 'bad-input') return ExitCode.wrongUse;
  return error.code === 'canary-failed' ? ExitCode.canaryFailed : ExitCode.failed;
}

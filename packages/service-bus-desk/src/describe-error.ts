import { oneLine } from './message/printable.js';
import { codeOf, lastError } from './sdk/retrying.js';

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

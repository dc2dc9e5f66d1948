import { ServiceBusError } from '@azure/service-bus';

import { type BrokerRefusal } from '../fast-lane/rhea-sender.js';

const CODE_OF: Readonly<Record<string, ServiceBusError['code']>> = {
  'amqp:link:message-size-exceeded': 'MessageSizeExceeded',
  'amqp:not-found': 'ServiceCommunicationProblem',
  'amqp:resource-limit-exceeded': 'QuotaExceeded',
  'amqp:unauthorized-access': 'UnauthorizedAccess',
  'com.microsoft:auth-failed': 'UnauthorizedAccess',
  'com.microsoft:entity-already-exists': 'MessagingEntityAlreadyExists',
  'com.microsoft:entity-disabled': 'MessagingEntityDisabled',
  'com.microsoft:message-lock-lost': 'MessageLockLost',
  'com.microsoft:message-not-found': 'MessageNotFound',
  'com.microsoft:server-busy': 'ServiceBusy',
  'com.microsoft:session-cannot-be-locked': 'SessionCannotBeLocked',
  'com.microsoft:session-lock-lost': 'SessionLockLost',
  'com.microsoft:timeout': 'ServiceTimeout',
};
/** Of the conditions that are known to say nothing about the message: the same may be taken in a moment. */
const RETRYABLE = new Set([
  'amqp:connection:forced',
  'amqp:internal-error',
  'amqp:link:detach-forced',
  'amqp:link:transfer-limit-exceeded',
  'amqp:unauthorized-access',
  'com.microsoft:auth-failed',
  'com.microsoft:operation-cancelled',
  'com.microsoft:server-busy',
  'com.microsoft:timeout',
]);
/** Whose conditions are known; any other may be retried, as the SDK has it. */
const KNOWN = /^(?:amqp|com\.microsoft):/;
const NO_ENTITY = /status-code: 404|the messaging entity .* could not be found/i;

/** The error of the SDK for a transfer that the broker has refused, so that callers need not know who has sent it. */
export function refusalError({ condition = '', description }: BrokerRefusal): ServiceBusError {
  const text = description ?? condition;
  const isMissing = NO_ENTITY.test(text);
  const code = isMissing ? 'MessagingEntityNotFound' : (CODE_OF[condition] ?? 'GeneralError');
  const error = new ServiceBusError(code === 'GeneralError' ? `${condition}: ${text}` : text, code);
  error.retryable = !isMissing && (RETRYABLE.has(condition) || !KNOWN.test(condition));
  return error;
}

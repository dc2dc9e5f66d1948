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
/** Of the conditions without a code of their own: the SDK puts these ahead of what the broker says. */
const NAME_OF: Readonly<Record<string, string>> = {
  'amqp:connection:forced': 'ConnectionForcedError',
  'amqp:connection:framing-error': 'FramingError',
  'amqp:connection:redirect': 'ConnectionRedirectError',
  'amqp:decode-error': 'DecodeError',
  'amqp:frame-size-too-small': 'FrameSizeTooSmallError',
  'amqp:illegal-state': 'IllegalStateError',
  'amqp:internal-error': 'InternalServerError',
  'amqp:invalid-field': 'InvalidFieldError',
  'amqp:link:detach-forced': 'DetachForcedError',
  'amqp:link:redirect': 'LinkRedirectError',
  'amqp:link:stolen': 'ReceiverDisconnectedError',
  'amqp:link:transfer-limit-exceeded': 'TransferLimitExceededError',
  'amqp:not-allowed': 'InvalidOperationError',
  'amqp:not-implemented': 'NotImplementedError',
  'amqp:precondition-failed': 'PreconditionFailedError',
  'amqp:resource-deleted': 'ResourceDeletedError',
  'amqp:resource-locked': 'ResourceLockedError',
  'amqp:session:errant-link': 'ErrantLinkError',
  'amqp:session:handle-in-use': 'HandleInUseError',
  'amqp:session:unattached-handle': 'UnattachedHandleError',
  'amqp:session:window-violation': 'SessionWindowViolationError',
  'com.microsoft:address-already-in-use': 'AddressAlreadyInUseError',
  'com.microsoft:argument-error': 'ArgumentError',
  'com.microsoft:argument-out-of-range': 'ArgumentOutOfRangeError',
  'com.microsoft:message-wait-timeout': 'MessageWaitTimeout',
  'com.microsoft:no-matching-subscription': 'NoMatchingSubscriptionError',
  'com.microsoft:operation-cancelled': 'OperationCancelledError',
  'com.microsoft:partition-not-owned': 'PartitionNotOwnedError',
  'com.microsoft:precondition-failed': 'PreconditionFailedError',
  'com.microsoft:publisher-revoked': 'PublisherRevokedError',
  'com.microsoft:relay-not-found': 'RelayNotFoundError',
  'com.microsoft:store-lock-lost': 'StoreLockLostError',
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
  const name = code === 'GeneralError' ? NAME_OF[condition] : undefined;
  const error = new ServiceBusError(name === undefined ? text : `${name}: ${text}`, code);
  error.retryable = !isMissing && (RETRYABLE.has(condition) || !KNOWN.test(condition));
  return error;
}

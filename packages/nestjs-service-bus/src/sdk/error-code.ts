import { type ServiceBusError } from '@azure/service-bus';

import { isInstance, readField } from '../exceptions/read-thrown.js';

/**
 * Returns the code of an error that the SDK threw, such as `MessageLockLost` or `ServiceBusy`; undefined for any other
 * error. An operation that was tried several times fails with an AggregateError: its last error counts. An error of the
 * connection that the SDK has not translated is a `GeneralError`.
 */
export function serviceBusErrorCode(error: unknown): ServiceBusError['code'] | undefined {
  const last = lastError(error);
  if (isServiceBusError(last)) return last.code;
  return isInstance(last, Error) && readField(last, 'name') === 'MessagingError' ? 'GeneralError' : undefined;
}

/** Returns the code of a ServiceBusError; of the last one, where there were several tries. */
export function errorCode(error: unknown): ServiceBusError['code'] | undefined {
  const last = lastError(error);
  return isServiceBusError(last) ? last.code : undefined;
}

/** Whether an error comes from the way to the broker, and says nothing about the operation: trying again may help. */
export function isTransient(error: unknown): boolean {
  const last = lastError(error);
  return !isServiceBusError(last) || last.retryable || last.code === 'ServiceCommunicationProblem';
}

// The SDK's retry loop throws an AggregateError when it tried more than once.
function lastError(error: unknown): unknown {
  if (!isInstance(error, AggregateError)) return error;
  const errors = readField(error, 'errors');
  return Array.isArray(errors) ? errors.at(-1) : error;
}

function isServiceBusError(error: unknown): error is ServiceBusError {
  return (
    isInstance(error, Error) &&
    readField(error, 'name') === 'ServiceBusError' &&
    typeof readField(error, 'code') === 'string'
  );
}

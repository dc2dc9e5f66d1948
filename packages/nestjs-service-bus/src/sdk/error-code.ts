import { type ServiceBusError } from '@azure/service-bus';

import { isInstance, readField } from '../exceptions/read-thrown.js';

/** The code of an SDK error; of several tries' errors, the last one's. */
export function errorCode(error: unknown): ServiceBusError['code'] | undefined {
  const last = lastError(error);
  return isServiceBusError(last) ? last.code : undefined;
}

/** True for errors of the way to the broker, which say nothing about the operation itself. */
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

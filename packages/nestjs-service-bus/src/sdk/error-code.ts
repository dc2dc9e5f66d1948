import { type ServiceBusError } from '@azure/service-bus';

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
  return error instanceof AggregateError ? error.errors.at(-1) : error;
}

function isServiceBusError(error: unknown): error is ServiceBusError {
  return error instanceof Error && error.name === 'ServiceBusError' && 'code' in error;
}

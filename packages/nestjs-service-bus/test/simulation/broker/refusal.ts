import { ServiceBusError, type ServiceBusErrorCode } from '@azure/service-bus';

import { BrokerError, type ErrorCondition } from '../../../../service-bus-emulator/src/model/broker-error.js';

/** The SDK's codes for the broker's conditions. */
const CODES: Partial<Record<ErrorCondition, ServiceBusErrorCode>> = {
  'com.microsoft:message-lock-lost': 'MessageLockLost',
  'com.microsoft:session-lock-lost': 'SessionLockLost',
  'com.microsoft:session-cannot-be-locked': 'SessionCannotBeLocked',
  'com.microsoft:timeout': 'ServiceTimeout',
  'com.microsoft:server-busy': 'ServiceBusy',
  'com.microsoft:entity-disabled': 'MessagingEntityDisabled',
  'amqp:not-found': 'MessagingEntityNotFound',
  'amqp:resource-limit-exceeded': 'QuotaExceeded',
  'amqp:unauthorized-access': 'UnauthorizedAccess',
  'amqp:link:detach-forced': 'ServiceCommunicationProblem',
};

const RETRYABLE = new Set<ServiceBusErrorCode>([
  'ServiceBusy',
  'ServiceTimeout',
  'ServiceCommunicationProblem',
]);

/** The broker's condition behind an error of the SDK. */
export function conditionOf({ code }: ServiceBusError): string {
  const [condition = 'amqp:internal-error'] = Object.entries(CODES).find(([, known]) => known === code) ?? [];
  return condition;
}

/** The SDK's error for a refusal by the broker. */
export function refusal(code: ServiceBusErrorCode): ServiceBusError {
  const error = new ServiceBusError(code, code);
  error.retryable = RETRYABLE.has(code);
  return error;
}

/** Converts the model's error to the SDK's; any other error is a bug of the simulation. */
export function toRefusal(error: unknown): ServiceBusError {
  if (error instanceof ServiceBusError) return error;
  if (!(error instanceof BrokerError)) throw error;
  return refusal(CODES[error.condition] ?? 'GeneralError');
}

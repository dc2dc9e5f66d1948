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

/** The condition that an error of the SDK was made of. */
export function conditionOf({ code }: ServiceBusError): string {
  const [condition = 'amqp:internal-error'] = Object.entries(CODES).find(([, known]) => known === code) ?? [];
  return condition;
}

/** An error as the SDK makes it of the broker's refusal. */
export function refusal(code: ServiceBusErrorCode): ServiceBusError {
  const error = new ServiceBusError(code, code);
  error.retryable = RETRYABLE.has(code);
  return error;
}

/** The refusal that the model has thrown, as the SDK would put it; anything else is a fault of the simulation. */
export function toRefusal(error: unknown): ServiceBusError {
  if (error instanceof ServiceBusError) return error;
  if (!(error instanceof BrokerError)) throw error;
  return refusal(CODES[error.condition] ?? 'GeneralError');
}

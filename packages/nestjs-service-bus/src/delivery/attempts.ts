import { type ServiceBusReceivedMessage } from '@azure/service-bus';

import { type SettlementProperties } from './settlement.js';

const FAILED_ATTEMPTS = 'retry-attempts';
const AT_DELIVERY_COUNT = 'retry-delivery-count';
const BEFORE_FIRST_DELIVERY = -1;

/**
 * The number of the attempt that this delivery is, 1 for the first.
 *
 * The record that our own abandons leave says how many attempts failed, and at which delivery count that was
 * noted. Deliveries since then ended without a word (a killed process, a lost lock): each counts as an attempt,
 * so that a message which kills its process comes to an end too.
 */
export function attemptOf(message: ServiceBusReceivedMessage): number {
  const deliveryCount = message.deliveryCount ?? 0;
  const failed = message.applicationProperties?.[FAILED_ATTEMPTS];
  const notedAt = message.applicationProperties?.[AT_DELIVERY_COUNT];
  // A count that is not past the record's is from another life of the message (sent again from a dead-letter queue).
  if (typeof failed !== 'number' || typeof notedAt !== 'number' || notedAt >= deliveryCount) {
    return deliveryCount + 1;
  }
  return failed + deliveryCount - notedAt;
}

/** What an abandon notes, so that the next delivery knows of `failedAttempts`. */
export function recordAttempts(
  message: ServiceBusReceivedMessage,
  failedAttempts: number,
): SettlementProperties {
  return { [FAILED_ATTEMPTS]: failedAttempts, [AT_DELIVERY_COUNT]: message.deliveryCount ?? 0 };
}

/** What a copy notes, whose deliveries are counted from 0 on. */
export function recordAttemptsOnCopy(failedAttempts: number): SettlementProperties {
  return { [FAILED_ATTEMPTS]: failedAttempts, [AT_DELIVERY_COUNT]: BEFORE_FIRST_DELIVERY };
}

/** Ends a copy's record with its message: whoever sends the dead-lettered message again begins anew. */
export function closeRecord(message: ServiceBusReceivedMessage): SettlementProperties {
  if (message.applicationProperties?.[AT_DELIVERY_COUNT] !== BEFORE_FIRST_DELIVERY) return {};
  return { [AT_DELIVERY_COUNT]: message.deliveryCount ?? 0 };
}

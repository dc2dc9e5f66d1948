import { type ServiceBusReceivedMessage } from '@azure/service-bus';

import { type Binding } from '../binding/binding.js';
import { type SettlementProperties } from './settlement.js';

const FAILED_ATTEMPTS = 'retry-attempts';
const AT_DELIVERY_COUNT = 'retry-delivery-count';
const BEFORE_FIRST_DELIVERY = -1;

/*
 * [Service Bus] Deliveries from a dead-letter queue are not counted. There each attempt is written down before it is
 * made: which one it is, of which message (it may be sent again, and fail again), and until when the lock lasted
 * under which that was done.
 */
const DEAD_LETTER_ATTEMPTS = 'dead-letter-retry-attempts';
const OF_SEQUENCE_NUMBER = 'dead-letter-retry-sequence-number';
const LOCKED_UNTIL_MS = 'dead-letter-retry-locked-until';

/** [Service Bus: locks last five seconds at least] A delivery that comes sooner than that is no lost one's successor. */
const HAND_OVER_MS = 4_000;

/** How the deliveries of an entity are counted. */
export interface AttemptCounting {
  /** Of all policies of the binding, the most attempts. */
  readonly maxAttempts: number;
  readonly isDeadLetterQueue: boolean;
  /** Nothing is noted when a message goes back: whoever redrives it counts. */
  readonly isRedriven?: boolean;
}

const COUNTED: AttemptCounting = { maxAttempts: Infinity, isDeadLetterQueue: false };

/** How attempts at a binding's messages are counted, and when there are enough. */
export function countingOf({ entityPath, retry }: Pick<Binding, 'entityPath' | 'retry'>): AttemptCounting {
  const others = retry.exceptions.map(({ maxAttempts }) => maxAttempts ?? retry.maxAttempts);
  return {
    maxAttempts: Math.max(retry.maxAttempts, ...others),
    isDeadLetterQueue: /\/\$deadletterqueue$/i.test(entityPath),
  };
}

/**
 * The number of the attempt that this delivery is, 1 for the first.
 *
 * The record that our own abandons leave says how many attempts failed, and at which delivery count that was
 * noted. Deliveries since then ended without a word (a killed process, a lost lock): each counts as an attempt,
 * so that a message which kills its process comes to an end too. A sender may have written the record as well: it can
 * leave its message fewer attempts, but one at least, and never more.
 */
export function attemptOf(message: ServiceBusReceivedMessage, counting: AttemptCounting = COUNTED): number {
  const { isDeadLetterQueue, maxAttempts } = counting;
  if (isDeadLetterQueue) {
    const begun = begunAttempt(message, maxAttempts);
    return isHandOver(message) ? begun : begun + 1;
  }
  const deliveryCount = message.deliveryCount ?? 0;
  const failed = wholeNumber(message, FAILED_ATTEMPTS, 0);
  const notedAt = wholeNumber(message, AT_DELIVERY_COUNT, BEFORE_FIRST_DELIVERY);
  // A count that is not past the record's is from another life of the message (sent again from a dead-letter queue).
  if (failed === undefined || notedAt === undefined || notedAt >= deliveryCount) return deliveryCount + 1;
  // A copy comes with less than all attempts, and each further one has taken a delivery.
  return Math.min(failed, maxAttempts + notedAt) + deliveryCount - notedAt;
}

/** Whether this attempt is to be written down before it is made: by an abandon, after which the message comes again. */
export function isToBeAnnounced(
  message: ServiceBusReceivedMessage,
  { isDeadLetterQueue, maxAttempts }: AttemptCounting,
): boolean {
  if (!isDeadLetterQueue || isHandOver(message)) return false;
  return begunAttempt(message, maxAttempts) < maxAttempts;
}

/** What an abandon notes, so that the next delivery is known to be this attempt. */
export function announceAttempt(message: ServiceBusReceivedMessage, attempt: number): SettlementProperties {
  return { ...recordOnDeadLetterQueue(message, attempt), [LOCKED_UNTIL_MS]: lockedUntilMs(message) };
}

/** What an abandon notes, so that the next delivery knows of `failedAttempts`. */
export function recordAttempts(
  message: ServiceBusReceivedMessage,
  failedAttempts: number,
  { isDeadLetterQueue, isRedriven }: AttemptCounting = COUNTED,
): SettlementProperties {
  if (isRedriven) return {};
  if (isDeadLetterQueue) return recordOnDeadLetterQueue(message, failedAttempts);
  return { [FAILED_ATTEMPTS]: failedAttempts, [AT_DELIVERY_COUNT]: message.deliveryCount ?? 0 };
}

/** What the last abandon noted; undefined where there is nothing of the kind. */
export function recordedAttempts(message: ServiceBusReceivedMessage): number | undefined {
  return wholeNumber(message, FAILED_ATTEMPTS, 0);
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

function recordOnDeadLetterQueue(message: ServiceBusReceivedMessage, attempts: number): SettlementProperties {
  return {
    [DEAD_LETTER_ATTEMPTS]: attempts,
    [OF_SEQUENCE_NUMBER]: String(message.sequenceNumber),
    [LOCKED_UNTIL_MS]: 0,
  };
}

/** The last attempt at this message that was begun on its dead-letter queue; 0 for none. */
function begunAttempt(message: ServiceBusReceivedMessage, maxAttempts: number): number {
  if (message.applicationProperties?.[OF_SEQUENCE_NUMBER] !== String(message.sequenceNumber)) return 0;
  return Math.min(wholeNumber(message, DEAD_LETTER_ATTEMPTS, 0) ?? 0, maxAttempts);
}

/** The delivery right after the one that announced its attempt: nobody can have made that attempt in between. */
function isHandOver(message: ServiceBusReceivedMessage): boolean {
  const announced = wholeNumber(message, LOCKED_UNTIL_MS, 1);
  if (announced === undefined || begunAttempt(message, 1) === 0) return false;
  return Math.abs(lockedUntilMs(message) - announced) < HAND_OVER_MS;
}

function lockedUntilMs({ lockedUntilUtc }: ServiceBusReceivedMessage): number {
  return lockedUntilUtc?.getTime() ?? 0;
}

function wholeNumber(message: ServiceBusReceivedMessage, name: string, min: number): number | undefined {
  const value = message.applicationProperties?.[name];
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= min ? value : undefined;
}

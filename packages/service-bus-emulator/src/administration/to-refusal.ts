import { randomUUID } from 'node:crypto';

import { BrokerError, type ErrorCondition } from '../model/broker-error.js';
import { AdministrationError, type RefusalStatus } from './administration-error.js';
import { element, type XmlElement } from './xml/xml-element.js';

/** The answer to a refused request. */
export interface Refusal {
  readonly status: RefusalStatus;
  readonly document: XmlElement;
}

const STATUSES: Partial<Record<ErrorCondition, RefusalStatus>> = {
  'amqp:not-allowed': 400,
  'amqp:not-found': 404,
  'amqp:not-implemented': 400,
  'amqp:resource-limit-exceeded': 403,
  'amqp:unauthorized-access': 401,
  'com.microsoft:argument-error': 400,
  'com.microsoft:auth-failed': 401,
  'com.microsoft:entity-already-exists': 409,
  'com.microsoft:entity-not-found': 404,
  'com.microsoft:server-busy': 503,
};

/** Translates an error to an answer; an unexpected error becomes an internal error. */
export function toRefusal(error: unknown, nowMs: number): Refusal {
  const status = statusOf(error);
  const message = error instanceof Error ? error.message : String(error);
  // The SDKs read the sub-code: it distinguishes a conflict of names (40900) from one of operations (40901).
  const detail =
    `SubCode=${status}00. ${message} ` +
    `TrackingId:${randomUUID()}, SystemTracker:emulator, Timestamp:${new Date(nowMs).toISOString()}`;
  return { status, document: element('Error', [element('Code', status), element('Detail', detail)]) };
}

function statusOf(error: unknown): RefusalStatus {
  if (error instanceof AdministrationError) return error.status;
  return (error instanceof BrokerError ? STATUSES[error.condition] : undefined) ?? 500;
}

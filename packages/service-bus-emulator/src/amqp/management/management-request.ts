import { type Message } from 'rhea';

import { BrokerError } from '../../model/broker-error.js';
import { type ConnectionContext } from '../context.js';
import { types } from '../rhea-private.js';

/** One request to a management node. */
export interface ManagementRequest {
  /** The entity's address, without `/$management`. */
  readonly address: string;
  readonly operation: string;
  readonly body: Record<string, unknown>;
  readonly context: ConnectionContext;
}

/** The reply of an operation; the status is one of HTTP. */
export interface ManagementReply {
  readonly status: number;
  readonly body?: unknown;
}

export type Operation = (request: ManagementRequest) => ManagementReply;

/** Reads a list of 64-bit numbers. @throws BrokerError argument-error */
export function readNumbers(body: Record<string, unknown>, key: string): number[] {
  const values = body[key];
  if (!Array.isArray(values))
    throw new BrokerError('com.microsoft:argument-error', `'${key}' must be an array.`);
  return values.map((value) => readNumber(value, key));
}

/** Reads a number; rhea returns numbers beyond 2^53 as their eight bytes. @throws BrokerError argument-error */
export function readNumber(value: unknown, key: string): number {
  if (typeof value === 'number') return value;
  if (Buffer.isBuffer(value) && value.length === 8) return Number(value.readBigInt64BE());
  throw new BrokerError('com.microsoft:argument-error', `'${key}' must be a number.`);
}

export function readText(body: Record<string, unknown>, key: string): string | undefined {
  const value = body[key];
  return typeof value === 'string' ? value : undefined;
}

/** @throws BrokerError argument-error if it is missing */
export function requireText(body: Record<string, unknown>, key: string): string {
  const value = readText(body, key);
  if (value === undefined)
    throw new BrokerError('com.microsoft:argument-error', `'${key}' must be a string.`);
  return value;
}

/** Creates the reply message for a request. */
export function toReply(
  request: Message,
  reply: ManagementReply & { condition?: string; description?: string },
): Message {
  const properties = (request.application_properties ?? {}) as Record<string, unknown>;
  return {
    correlation_id: request.message_id,
    application_properties: {
      statusCode: types.wrap_int(reply.status),
      statusDescription: reply.description ?? (reply.status === 204 ? 'No content' : 'OK'),
      ...(reply.condition !== undefined && { errorCondition: types.wrap_symbol(reply.condition) }),
      'com.microsoft:tracking-id': properties['com.microsoft:tracking-id'],
    },
    body: reply.body ?? {},
  };
}

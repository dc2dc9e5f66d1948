import { randomUUID } from 'node:crypto';

import { BrokerError } from '../model/broker-error.js';

/** An error as AMQP transmits it. */
export interface AmqpError {
  readonly condition: string;
  readonly description: string;
}

/** Translates an error to one of AMQP; an unexpected error becomes an internal error. */
export function toAmqpError(error: unknown, nowMs: number): AmqpError {
  const { condition, message } =
    error instanceof BrokerError
      ? error
      : { condition: 'amqp:internal-error', message: error instanceof Error ? error.message : String(error) };
  const timestamp = new Date(nowMs).toISOString();
  return {
    condition,
    description: `${message} TrackingId:${randomUUID()}, SystemTracker:emulator, Timestamp:${timestamp}`,
  };
}

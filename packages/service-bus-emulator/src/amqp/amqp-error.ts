import { randomUUID } from 'node:crypto';

import { BrokerError } from '../model/broker-error.js';

/** An error as it goes on the wire. */
export interface AmqpError {
  readonly condition: string;
  readonly description: string;
}

/** Translates what was thrown into a wire error; what the broker did not foresee is an internal error. */
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

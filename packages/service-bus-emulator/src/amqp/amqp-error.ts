import { randomUUID } from 'node:crypto';

import { BrokerError } from '../model/broker-error.js';

/** An error as AMQP transmits it. */
export interface AmqpError {
  readonly condition: string;
  readonly description: string;
}

/** What the text of an error depends on. */
interface ErrorContext {
  readonly broker: { readonly clock: { now(): number } };
  readonly host: string;
}

/** Translates an error to one of AMQP; an unexpected error becomes an internal error. */
export function toAmqpError(error: unknown, { broker, host }: ErrorContext): AmqpError {
  const { condition, text } =
    error instanceof BrokerError
      ? { condition: error.condition, text: error.textAt(host) }
      : { condition: 'amqp:internal-error', text: error instanceof Error ? error.message : String(error) };
  const timestamp = new Date(broker.clock.now()).toISOString();
  return {
    condition,
    description: `${text} TrackingId:${randomUUID()}, SystemTracker:emulator, Timestamp:${timestamp}`,
  };
}

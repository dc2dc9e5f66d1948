import { type AmqpError } from '../amqp-error.js';

// What rhea says of frames that are well-formed and come at the wrong time. [AMQP 2.8.15, 2.8.16]
const UNATTACHED = /^Invalid handle /;
const ILLEGAL_STATE =
  /already received$|^got transfer on sending link|^frame sequence error|^transfer after detach/;

/** Translates what rhea throws while it reads: the client learns from the close frame why its connection ends. */
export function toProtocolError(error: unknown): AmqpError {
  const { name, message } = error instanceof Error ? error : new Error(String(error));
  return { condition: conditionOf(name, message), description: message };
}

function conditionOf(name: string, message: string): string {
  if (name === 'ProtocolError') return 'amqp:connection:framing-error';
  if (name === 'TypeError') return 'amqp:decode-error';
  if (UNATTACHED.test(message)) return 'amqp:session:unattached-handle';
  return ILLEGAL_STATE.test(message) ? 'amqp:illegal-state' : 'amqp:internal-error';
}

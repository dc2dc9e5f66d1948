import { isTransientServiceBusError, PredecessorFailedError, serviceBusErrorCode } from 'nestjs-service-bus';

import { TimeToLiveExpiredError } from '../message/to-service-bus-message.js';
import { UnknownConnectionError } from './connection-senders.js';

/** What a failed send means for its message. */
export type FailureJudgement =
  /** The broker will never take it. */
  | 'refused'
  /** Its destination takes nothing at the moment; it would take this one later. */
  | 'unavailable'
  /** It has not left, because one before it has failed. */
  | 'held-back';

/**
 * Deliveries of a lane in a row after which an error that nobody knows is the message's own. By then some minutes have gone
 * by, and whatever it was, others must not wait for it for ever.
 */
const UNKNOWN_FAILURES = 10;

/**
 * Judges by what the broker says. A destination that is missing, disabled, full, or closed to us is not the message's
 * fault: somebody may mend it, and nothing is set aside for that. What the broker calls wrong with a single message that
 * travelled alone is.
 */
export function judgeFailure(error: unknown, failuresBefore: number): FailureJudgement {
  if (error instanceof PredecessorFailedError) return 'held-back';
  if (error instanceof TimeToLiveExpiredError) return 'refused';
  if (error instanceof UnknownConnectionError) return 'unavailable';
  const code = serviceBusErrorCode(error);
  if (code === 'MessageSizeExceeded') return 'refused';
  if (code === 'GeneralError') return isTransientServiceBusError(error) ? 'unavailable' : 'refused';
  if (code !== undefined) return 'unavailable';
  // Encoders throw these, at what no further try can encode.
  if (error instanceof TypeError || error instanceof RangeError) return 'refused';
  return failuresBefore >= UNKNOWN_FAILURES ? 'refused' : 'unavailable';
}

const MAX_REASON_LENGTH = 200;
const MAX_DESCRIPTION_LENGTH = 4_000;

/** An error's code or name, and its message, as texts that the database takes. */
export function describeFailure(error: unknown): { readonly reason: string; readonly description: string } {
  const code = serviceBusErrorCode(error);
  const name = code ?? (error instanceof Error ? error.name : typeof error);
  const message = error instanceof Error ? error.message : String(error);
  return { reason: clean(name, MAX_REASON_LENGTH), description: clean(message, MAX_DESCRIPTION_LENGTH) };
}

function clean(text: string, maxLength: number): string {
  return text
    .slice(0, maxLength)
    .replaceAll('\0', '')
    .replaceAll(/\p{Surrogate}/gu, '\ufffd');
}

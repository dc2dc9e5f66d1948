import { type ReceivedMessage } from '../model/queue/received-message.js';
import { type DeliveryStamp } from './codec/delivery/delivery-stamp.js';
import { encodeDelivery } from './codec/delivery/encode-delivery.js';
import { type EncodedMessage } from './codec/message/encoded-message.js';

const STATES = { active: 0, deferred: 1, scheduled: 2 } as const;

/**
 * Encodes a message for a receiver: the producer's bytes with what the broker adds, and the token of its lock if no
 * delivery tag tells it.
 */
export function deliveryBytes(message: ReceivedMessage, lockToken?: Buffer): Buffer {
  return encodeDelivery(message.content as EncodedMessage, { ...stampOf(message), lockToken });
}

/** What a peeked message shows. */
export interface PeekOptions {
  readonly showsLocks: boolean;
  /** Leaves out body and footer. */
  readonly omitsBody: boolean;
}

/**
 * Encodes a message for someone who only looks at it.
 * [Service Bus: it shows neither lock token nor locked-until, whoever holds it]
 */
export function peekedBytes(message: ReceivedMessage, { showsLocks, omitsBody }: PeekOptions): Buffer {
  const stamp = stampOf(message);
  const shown = showsLocks ? stamp : { ...stamp, lockedUntilMs: undefined };
  return encodeDelivery(message.content as EncodedMessage, shown, omitsBody);
}

/** Returns a function that encodes the message later, in its present state whatever happens to it until then. */
export function deliveryEncoder(message: ReceivedMessage): () => Buffer {
  const content = message.content as EncodedMessage;
  const stamp = stampOf(message);
  return () => encodeDelivery(content, stamp);
}

function stampOf(message: ReceivedMessage): DeliveryStamp {
  return {
    deliveryCount: message.deliveryCount,
    sequenceNumber: message.sequenceNumber,
    enqueuedSequenceNumber: message.enqueuedSequenceNumber,
    enqueuedTimeMs: message.enqueuedTimeMs,
    lockedUntilMs: message.lockId === 0 ? undefined : message.lockedUntilMs,
    state: STATES[stateOf(message)],
    deadLetterSource: message.deadLetterSource,
  };
}

// [Service Bus: a scheduled message is shown as scheduled also after its time, and one whose time had passed when it was
// sent is not (JavaScript SDK's live suite)]
function stateOf({ state, wasScheduled }: ReceivedMessage): keyof typeof STATES {
  return state === 'active' && wasScheduled ? 'scheduled' : state;
}

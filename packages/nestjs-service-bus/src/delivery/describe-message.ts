import { type Binding } from '../binding/binding.js';
import { type Delivery } from './delivery.js';

/** A message's name in a log line: where it is from, which it is, which attempt this is; never its body. */
export function describeMessage(delivery: Delivery, binding: Binding): string {
  const { messageId, sequenceNumber } = delivery.message;
  const id =
    messageId === undefined ? `#${sequenceNumber?.toString()}` : String(messageId).replace(/\p{Cc}/gu, ' ');
  return `${binding.pattern} (${binding.entityPath}): message ${id}, attempt ${delivery.attempt}`;
}

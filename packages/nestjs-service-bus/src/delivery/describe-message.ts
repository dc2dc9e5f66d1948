import { type Binding } from '../binding/binding.js';
import { nameBinding } from '../binding/describe-binding.js';
import { type Delivery } from './delivery.js';

/** A message's id in a log line, or else its place in the queue; on one line, whatever is in it. */
export function nameOf({ messageId, sequenceNumber }: Delivery['message']): string {
  return messageId === undefined
    ? `#${sequenceNumber?.toString()}`
    : String(messageId).replace(/\p{Cc}/gu, ' ');
}

/** A message's name in a log line: where it is from, which it is, which attempt this is; never its body. */
export function describeMessage(delivery: Delivery, binding: Binding): string {
  const id = nameOf(delivery.message);
  return `${nameBinding(binding)}: message ${id}, attempt ${delivery.attempt}`;
}

import { type Message } from '../../../../src/model/queue/message.js';

/** What tells a message from all others, in the model as in the oracle. */
export function keyOf({ content }: Message): string {
  return String(content.applicationProperty('key'));
}

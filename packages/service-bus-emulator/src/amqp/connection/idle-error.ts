import { type link as Link } from 'rhea';

import { type AmqpError } from '../amqp-error.js';

/** Says that a link has been idle for too long. [Azure/azure-sdk-for-python#10127: condition and text] */
export function idleError(link: Link): AmqpError {
  const role = link.is_receiver() ? 'publisher' : 'consumer';
  const kind = link.is_receiver() ? 'AmqpMessagePublisher' : 'AmqpMessageConsumer';
  const description = `The link '${link.name}' is force detached. Code: ${role}. Details: ${kind}.IdleTimerExpired: Idle timeout: 00:10:00.`;
  return { condition: 'amqp:link:detach-forced', description };
}

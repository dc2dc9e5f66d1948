import { type link as Link } from 'rhea';

import { toAmqpError } from '../amqp-error.js';
import { type ConnectionContext } from '../context.js';
import { refuseTermini } from './echo-terminus.js';

/** [AMQP 2.6.3] Answers an attach without source or target, and detaches with the reason. */
export function refuseLink(link: Link, error: unknown, context: ConnectionContext): void {
  refuseTermini(link);
  link.attach();
  link.close(toAmqpError(error, context));
}

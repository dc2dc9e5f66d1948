import { type link as Link } from 'rhea';

import { toAmqpError } from '../amqp-error.js';
import { type ConnectionContext } from '../context.js';
import { privateConnection } from '../rhea-private.js';
import { refuseTermini } from './echo-terminus.js';

const DETACH_DELAY_MS = 5;

/**
 * [AMQP 2.6.3] Answers an attach without source or target, and detaches with the reason; a moment later if the reason is
 * that another receiver holds the session. The JavaScript SDK up to 7.9.0 finds neither link nor reason there if both
 * come at once; of other refusals every version loses the reason if they come one by one.
 */
export function refuseLink(link: Link, error: unknown, context: ConnectionContext): void {
  const reason = toAmqpError(error, context);
  refuseTermini(link);
  link.attach();
  if (reason.condition !== 'com.microsoft:session-cannot-be-locked') return link.close(reason);
  privateConnection(link.connection)._process();
  setTimeout(() => {
    // Its client may have given up meanwhile.
    if (link.session.is_open() && !link.is_closed()) link.close(reason);
  }, DETACH_DELAY_MS).unref();
}

import { type link as Link, type Sender } from 'rhea';

import { toAmqpError } from '../amqp-error.js';
import { type ConnectionContext } from '../context.js';
import { privateConnection } from '../rhea-private.js';
import { refuseTermini } from './echo-terminus.js';
import { readSessionRequest } from './session-request.js';

const DETACH_DELAY_MS = 5;

/**
 * [AMQP 2.6.3] Answers an attach without source or target, and detaches with the reason; a moment later if the client
 * asked for one session. The JavaScript SDK up to 7.9.0 finds neither link nor reason there if both come at once; of
 * other links every version loses the reason if they come one by one.
 */
export function refuseLink(link: Link, error: unknown, context: ConnectionContext): void {
  const reason = toAmqpError(error, context);
  refuseTermini(link);
  link.attach();
  if (!asksForOneSession(link)) return link.close(reason);
  privateConnection(link.connection)._process();
  setTimeout(() => {
    // Its client may have given up meanwhile.
    if (link.session.is_open() && !link.is_closed()) link.close(reason);
  }, DETACH_DELAY_MS).unref();
}

function asksForOneSession(link: Link): boolean {
  return link.is_sender() && readSessionRequest(link as Sender)?.sessionId !== undefined;
}

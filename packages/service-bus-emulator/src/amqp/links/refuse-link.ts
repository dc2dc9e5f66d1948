import { type Session as RheaSession } from 'rhea';

import { toAmqpError } from '../amqp-error.js';
import { type ConnectionContext } from '../context.js';
import { privateLink } from '../rhea-private.js';

/** [AMQP 2.6.3] Answers an attach without source or target, and detaches with the reason. */
export function refuseLink(
  link: { close(error: object): void; attach(): void; is_receiver(): boolean; session: RheaSession },
  error: unknown,
  context: ConnectionContext,
): void {
  const { attach } = privateLink(link as never).local;
  attach[link.is_receiver() ? 'target' : 'source'] = null;
  link.attach();
  link.close(toAmqpError(error, context));
}

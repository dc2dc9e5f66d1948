import { type Message } from 'rhea';

import { parseAddress } from '../../model/entity/address.js';
import { BrokerError } from '../../model/broker-error.js';
import { type Namespace } from '../../model/namespace/namespace.js';
import { toAmqpError } from '../amqp-error.js';
import { type ConnectionContext } from '../context.js';
import { types } from '../rhea-private.js';

/** [Claims-based security 1.0, 3.2.2] Answers a put-token request on `$cbs`: the client has the right that its token proves from now on. */
export function putToken(request: Message, context: ConnectionContext): Message {
  const { authorizer, broker, claims, faults } = context;
  const { operation, name, type } = (request.application_properties ?? {}) as Record<string, unknown>;
  if (operation !== 'put-token' || typeof name !== 'string' || typeof request.body !== 'string') {
    return reply(request, 400, 'A put-token request with a name and a token is expected.');
  }
  try {
    const fault = faults.takeTokenRefusal(parseAddress(name).entity);
    if (fault) throw fault;
    const claim = authorizer.verify(request.body, typeof type === 'string' ? type : '', name, Date.now());
    assertExists(broker.namespace, name);
    claims.grant(claim);
    return reply(request, 202, 'Accepted');
  } catch (error) {
    if (!(error instanceof BrokerError)) throw error;
    const status = error.condition === 'amqp:not-found' ? 404 : 401;
    return reply(request, status, toAmqpError(error, context).description);
  }
}

// If a link to a session is refused, the JavaScript SDK does not see the reason: it has to learn of a missing entity here.
function assertExists(namespace: Namespace, audience: string): void {
  const { entity } = parseAddress(audience);
  if (entity !== '' && !namespace.entity(entity)) namespace.source(audience);
}

function reply(request: Message, status: number, description: string): Message {
  return {
    correlation_id: request.message_id,
    application_properties: { 'status-code': types.wrap_int(status), 'status-description': description },
    body: undefined,
  };
}

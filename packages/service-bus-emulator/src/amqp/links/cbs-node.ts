import { type Message } from 'rhea';

import { parseAddress } from '../../model/entity/address.js';
import { BrokerError } from '../../model/broker-error.js';
import { type Namespace } from '../../model/namespace/namespace.js';
import { toAmqpError } from '../amqp-error.js';
import { type Claim } from '../authorization/authorizer.js';
import { type AmqpContext } from '../context.js';
import { types } from '../rhea-private.js';

/** [Claims-based security 1.0, 3.2.2] Answers a put-token request on `$cbs` and passes on the right that it grants. */
export function putToken(request: Message, context: AmqpContext, grant: (claim: Claim) => void): Message {
  const { authorizer, broker, faults } = context;
  const { operation, name, type } = (request.application_properties ?? {}) as Record<string, unknown>;
  if (operation !== 'put-token' || typeof name !== 'string' || typeof request.body !== 'string') {
    return reply(request, 400, 'A put-token request with a name and a token is expected.');
  }
  try {
    const fault = faults.takeTokenRefusal(parseAddress(name).entity);
    if (fault) throw fault;
    const claim = authorizer.verify(request.body, typeof type === 'string' ? type : '', name, Date.now());
    assertExists(broker.namespace, name);
    grant(claim);
    return reply(request, 202, 'Accepted');
  } catch (error) {
    if (!(error instanceof BrokerError)) throw error;
    const status = error.condition === 'amqp:not-found' ? 404 : 401;
    return reply(request, status, toAmqpError(error, broker.clock.now()).description);
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

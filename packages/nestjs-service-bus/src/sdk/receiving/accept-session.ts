import { type ServiceBusClient, type ServiceBusSessionReceiver } from '@azure/service-bus';

import { type ReceivableEntity } from './entity.js';
import { RECEIVER_OPTIONS } from './receiver-options.js';

/** Asks the broker for a session of an entity: for this one, or for the next one available. */
export function acceptSession(
  client: ServiceBusClient,
  { entity, subscription }: ReceivableEntity,
  sessionId?: string,
): Promise<ServiceBusSessionReceiver> {
  if (subscription === undefined) {
    return sessionId === undefined
      ? client.acceptNextSession(entity, RECEIVER_OPTIONS)
      : client.acceptSession(entity, sessionId, RECEIVER_OPTIONS);
  }
  return sessionId === undefined
    ? client.acceptNextSession(entity, subscription, RECEIVER_OPTIONS)
    : client.acceptSession(entity, subscription, sessionId, RECEIVER_OPTIONS);
}

import { type ServiceBusClient, type ServiceBusReceiver } from '@azure/service-bus';

import { type ReceivableEntity } from './entity.js';
import { RECEIVER_OPTIONS } from './receiver-options.js';

/** Creates a receiver that neither renews locks nor parses bodies. */
export function createReceiver(
  client: ServiceBusClient,
  { entity, subscription }: ReceivableEntity,
): ServiceBusReceiver {
  return subscription === undefined
    ? client.createReceiver(entity, RECEIVER_OPTIONS)
    : client.createReceiver(entity, subscription, RECEIVER_OPTIONS);
}

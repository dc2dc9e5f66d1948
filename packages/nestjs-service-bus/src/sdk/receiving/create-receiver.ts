import { type ServiceBusClient, type ServiceBusReceiver } from '@azure/service-bus';

import { type ReceivableEntity } from './entity.js';
import { RECEIVER_OPTIONS } from './receiver-options.js';

/** Creates a receiver that neither renews locks nor parses bodies. */
export function createReceiver(
  client: ServiceBusClient,
  { entity, subscription, subQueueType }: ReceivableEntity,
): ServiceBusReceiver {
  const options = subQueueType ? { ...RECEIVER_OPTIONS, subQueueType } : RECEIVER_OPTIONS;
  return subscription === undefined
    ? client.createReceiver(entity, options)
    : client.createReceiver(entity, subscription, options);
}

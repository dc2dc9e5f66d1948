import { type ServiceBusClient, type ServiceBusReceiver } from '@azure/service-bus';

import { type Binding } from '../binding/binding.js';

/** A receiver on a binding's entity that leaves to us what the SDK does not do well. */
export function createReceiver(client: ServiceBusClient, binding: Binding): ServiceBusReceiver {
  const { entity, subscription } = binding;
  const options = {
    // The SDK's renewal goes by message id, and throws without one: ours goes by delivery.
    maxAutoLockRenewalDurationInMs: 0,
    // decode.ts knows content types, and refuses what is not safe.
    skipParsingBodyAsJson: true,
    skipConvertingDate: true,
  };
  return subscription === undefined
    ? client.createReceiver(entity, options)
    : client.createReceiver(entity, subscription, options);
}

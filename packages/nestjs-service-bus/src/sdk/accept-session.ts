import { type ServiceBusClient, type ServiceBusSessionReceiver } from '@azure/service-bus';

import { type Binding } from '../binding/binding.js';

const OPTIONS = {
  // The SDK only logs a renewal that failed: we renew.
  maxAutoLockRenewalDurationInMs: 0,
  // decode.ts knows content types, and refuses what is not safe.
  skipParsingBodyAsJson: true,
  skipConvertingDate: true,
};

/** Asks the broker for a session of a binding's entity: for this one, or for the next that is available. */
export function acceptSession(
  client: ServiceBusClient,
  { entity, subscription }: Binding,
  sessionId?: string,
): Promise<ServiceBusSessionReceiver> {
  if (subscription === undefined) {
    return sessionId === undefined
      ? client.acceptNextSession(entity, OPTIONS)
      : client.acceptSession(entity, sessionId, OPTIONS);
  }
  return sessionId === undefined
    ? client.acceptNextSession(entity, subscription, OPTIONS)
    : client.acceptSession(entity, subscription, sessionId, OPTIONS);
}

import { type ServiceBusReceiver, type ServiceBusSender } from '@azure/service-bus';

import { contextOfLink } from '../sdk-context.js';
import { knownMisfits } from './check-shapes.js';

/** The contexts of clients whose messages all go through the SDK. */
const SWITCHED_OFF = new WeakSet<object>();

/** Sends all messages of a client through the SDK, whatever fits. */
export function switchOffFastLane(context: object): void {
  SWITCHED_OFF.add(context);
}

/** Whether the messages of this sender or receiver may take the fast lane. */
export function mayUseFastLane(link: ServiceBusReceiver | ServiceBusSender): boolean {
  if (knownMisfits().fastLane.length > 0) return false;
  const context = contextOfLink(link);
  return context === undefined || !SWITCHED_OFF.has(context);
}

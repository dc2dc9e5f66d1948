import { type ServiceBusReceivedMessage, type ServiceBusSessionReceiver } from '@azure/service-bus';

import { Delivery, type DeliveryLink } from './delivery.js';

/** A message of a session: it can be settled only while its session is held. */
export class SessionDelivery extends Delivery {
  constructor(
    message: ServiceBusReceivedMessage,
    readonly session: ServiceBusSessionReceiver,
    link: DeliveryLink,
    place: number,
  ) {
    super(message, session, link, place);
    // Here the session id names the lock.
    this.handle = message;
  }
}

import { type ServiceBusReceivedMessage, type ServiceBusSessionReceiver } from '@azure/service-bus';

import { type Settler } from '../sdk/index.js';
import { type AttemptCounting } from './attempts.js';
import { Delivery, type DeliveryLink } from './delivery.js';

/** A message of a session: it can be settled only while its session is held. */
export class SessionDelivery extends Delivery {
  constructor(
    message: ServiceBusReceivedMessage,
    readonly session: ServiceBusSessionReceiver,
    settler: Settler,
    link: DeliveryLink,
    place: number,
    counting?: AttemptCounting,
    attempt?: number,
  ) {
    super(message, settler, link, place, counting, attempt);
  }
}

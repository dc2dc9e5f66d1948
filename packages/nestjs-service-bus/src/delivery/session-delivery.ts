import { type ServiceBusReceivedMessage, type ServiceBusSessionReceiver } from '@azure/service-bus';

import { type Settler } from '../sdk/index.js';
import { Delivery } from './delivery.js';
import { type ReceiverLink } from '../receive/links/receiver-link.js';

/** A message of a session: it can be settled only while its session is held. */
export class SessionDelivery extends Delivery {
  constructor(
    message: ServiceBusReceivedMessage,
    readonly session: ServiceBusSessionReceiver,
    settler: Settler,
    link: ReceiverLink,
    place: number,
  ) {
    super(message, settler, link, place);
  }
}

import { type ServiceBusClient, type ServiceBusMessage } from '@azure/service-bus';

import { type CoalescingSender } from '../../../src/send/coalescing-sender.js';
import { SenderPool } from '../../../src/send/sender-pool.js';

/** The runtime's senders, with a callback for each result that is about to be sent. */
export class WatchedSenderPool extends SenderPool {
  private readonly watched = new Set<CoalescingSender>();

  constructor(
    client: ServiceBusClient,
    private readonly sending: (message: ServiceBusMessage) => void,
  ) {
    super(client);
  }

  override get(entity: string): CoalescingSender {
    const sender = super.get(entity);
    if (this.watched.has(sender)) return sender;
    this.watched.add(sender);
    const send = sender.send.bind(sender);
    sender.send = (message, ...others) => {
      this.sending(message);
      return send(message, ...others);
    };
    return sender;
  }
}

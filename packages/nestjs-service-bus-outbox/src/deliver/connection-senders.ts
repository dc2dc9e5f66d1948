import { type ServiceBusMessage } from 'nestjs-service-bus';

import { type MessageSender } from './message-sender.js';

/** The message's connection is none of this process: another deliverer may have it. */
export class UnknownConnectionError extends Error {
  override readonly name = 'UnknownConnectionError';
}

/** Sends each message to the namespace that its destination names: `reports:orders`. */
export class ConnectionSenders implements MessageSender {
  constructor(
    private readonly unnamed: MessageSender | undefined,
    private readonly named: ReadonlyMap<string, MessageSender>,
  ) {}

  send(
    destination: string,
    message: ServiceBusMessage,
    options?: { readonly order?: string },
  ): Promise<void> {
    // [Service Bus] No entity has a colon in its name; the connection may have one.
    const at = destination.lastIndexOf(':');
    const sender = at < 0 ? this.unnamed : this.named.get(destination.slice(0, at));
    if (sender) return sender.send(destination.slice(at + 1), message, options);
    const name = at < 0 ? 'the one without a name' : `"${destination.slice(0, at)}"`;
    return Promise.reject(
      new UnknownConnectionError(
        `OutboxModule of this process does not deliver through the connection ${name}`,
      ),
    );
  }
}

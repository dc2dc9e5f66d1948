import { type ServiceBusMessage } from 'nestjs-service-bus';

/** Sends messages to the broker; `ServiceBusSenders` is one. */
export interface MessageSender {
  /** Resolves when the broker has accepted the message. */
  send(destination: string, message: ServiceBusMessage, options?: { readonly order?: string }): Promise<void>;
}

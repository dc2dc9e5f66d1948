import {
  type GetMessageIteratorOptions,
  type OperationOptionsBase,
  type PeekMessagesOptions,
  type ReceiveMessagesOptions,
  type ServiceBusReceivedMessage,
  type ServiceBusReceiver,
  type SubscribeOptions,
} from '@azure/service-bus';

import { type LinkHandlers, settleAlone, subscribe, type Subscription } from '../sdk/index.js';
import { type LockRenewer } from '../delivery/lock-renewer.js';
import { HeldMessages } from './held-messages.js';

type Properties = Parameters<ServiceBusReceiver['abandonMessage']>[1];
type DeadLetterOptions = Parameters<ServiceBusReceiver['deadLetterMessage']>[1];
type SequenceNumbers = Parameters<ServiceBusReceiver['receiveDeferredMessages']>[0];

/**
 * What `@InjectReceiver` injects: the SDK's receiver, except that locks are renewed per delivery, not per message id,
 * until the message is settled, for as long as the SDK would (5 minutes). Its `subscribe` also takes `linkOpening` and
 * `linkOpened`.
 */
export class RenewingReceiver implements ServiceBusReceiver {
  private readonly held: HeldMessages;

  constructor(
    private readonly receiver: ServiceBusReceiver,
    locks: LockRenewer,
  ) {
    this.held = new HeldMessages(receiver, {}, locks);
  }

  get identifier(): string {
    return this.receiver.identifier;
  }

  get entityPath(): string {
    return this.receiver.entityPath;
  }

  get receiveMode(): 'peekLock' | 'receiveAndDelete' {
    return this.receiver.receiveMode;
  }

  get isClosed(): boolean {
    return this.receiver.isClosed;
  }

  async receiveMessages(
    maxCount: number,
    options?: ReceiveMessagesOptions,
  ): Promise<ServiceBusReceivedMessage[]> {
    return this.holdAll(await this.receiver.receiveMessages(maxCount, options));
  }

  async receiveDeferredMessages(
    sequenceNumbers: SequenceNumbers,
    options?: OperationOptionsBase,
  ): Promise<ServiceBusReceivedMessage[]> {
    return this.holdAll(await this.receiver.receiveDeferredMessages(sequenceNumbers, options));
  }

  async *getMessageIterator(
    options?: GetMessageIteratorOptions,
  ): AsyncIterableIterator<ServiceBusReceivedMessage> {
    for await (const message of this.receiver.getMessageIterator(options)) {
      this.held.hold(message);
      yield message;
    }
  }

  subscribe(handlers: LinkHandlers, options?: SubscribeOptions): Subscription {
    const isSettledForUser = options?.autoCompleteMessages ?? true;
    const processMessage = async (message: ServiceBusReceivedMessage): Promise<void> => {
      this.held.hold(message);
      try {
        await handlers.processMessage(message);
      } finally {
        if (isSettledForUser) this.held.release(message);
      }
    };
    const linkHandlers: LinkHandlers = {
      processMessage,
      processError: (args) => handlers.processError(args),
      linkOpening: () => handlers.linkOpening?.(),
      linkOpened: () => handlers.linkOpened?.(),
    };
    return subscribe(this.receiver, linkHandlers, options);
  }

  peekMessages(maxCount: number, options?: PeekMessagesOptions): Promise<ServiceBusReceivedMessage[]> {
    return this.receiver.peekMessages(maxCount, options);
  }

  completeMessage(message: ServiceBusReceivedMessage): Promise<void> {
    return this.held.complete(message);
  }

  abandonMessage(message: ServiceBusReceivedMessage, properties?: Properties): Promise<void> {
    return this.held.abandon(message, properties);
  }

  async deferMessage(message: ServiceBusReceivedMessage, properties?: Properties): Promise<void> {
    await settleAlone(() => this.receiver.deferMessage(message, properties));
    this.held.release(message);
  }

  async deadLetterMessage(message: ServiceBusReceivedMessage, options?: DeadLetterOptions): Promise<void> {
    await settleAlone(() => this.receiver.deadLetterMessage(message, options));
    this.held.release(message);
  }

  renewMessageLock(message: ServiceBusReceivedMessage): Promise<Date> {
    return this.receiver.renewMessageLock(message);
  }

  async close(): Promise<void> {
    this.held.releaseAll();
    await this.receiver.close();
  }

  private holdAll(messages: ServiceBusReceivedMessage[]): ServiceBusReceivedMessage[] {
    for (const message of messages) this.held.hold(message);
    return messages;
  }
}

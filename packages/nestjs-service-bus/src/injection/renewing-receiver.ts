import {
  type GetMessageIteratorOptions,
  type OperationOptionsBase,
  type PeekMessagesOptions,
  type ReceiveMessagesOptions,
  type ServiceBusReceivedMessage,
  type ServiceBusReceiver,
  type SubscribeOptions,
} from '@azure/service-bus';

import { type LinkHandlers, type Retrying, settleAlone, subscribe, type Subscription } from '../sdk/index.js';
import { type LockRenewer } from '../delivery/lock-renewer.js';
import { HeldMessages } from './held-messages.js';

type Properties = Parameters<ServiceBusReceiver['abandonMessage']>[1];
type DeadLetterOptions = Parameters<ServiceBusReceiver['deadLetterMessage']>[1];
type SequenceNumbers = Parameters<ServiceBusReceiver['receiveDeferredMessages']>[0];

/**
 * What `@InjectReceiver` injects: the SDK's receiver, except that locks are renewed per delivery, not per message id,
 * until the message is settled, for as long as the SDK would (5 minutes), and that a broker that throttles is left in
 * peace before an operation is tried again. Its `subscribe` also takes `linkOpening` and `linkOpened`.
 */
export class RenewingReceiver implements ServiceBusReceiver {
  private readonly held: HeldMessages;

  constructor(
    /** Of a client that tries each operation once. */
    private readonly receiver: ServiceBusReceiver,
    locks: LockRenewer,
    private readonly retrying: Retrying,
  ) {
    // The renewer has its own time to try again: before the lock ends.
    const renewMessageLock = (message: ServiceBusReceivedMessage): Promise<Date> =>
      receiver.renewMessageLock(message);
    const completeMessage = (message: ServiceBusReceivedMessage): Promise<void> =>
      retrying.run(() => receiver.completeMessage(message));
    const abandonMessage = (message: ServiceBusReceivedMessage, properties?: Properties): Promise<void> =>
      retrying.run(() => settleAlone(() => receiver.abandonMessage(message, properties)));
    this.held = new HeldMessages({ completeMessage, abandonMessage, renewMessageLock }, {}, locks);
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
    const receive = (): Promise<ServiceBusReceivedMessage[]> =>
      this.receiver.receiveMessages(maxCount, options);
    return this.holdAll(await this.retrying.run(receive, options?.abortSignal));
  }

  async receiveDeferredMessages(
    sequenceNumbers: SequenceNumbers,
    options?: OperationOptionsBase,
  ): Promise<ServiceBusReceivedMessage[]> {
    const receive = (): Promise<ServiceBusReceivedMessage[]> =>
      this.receiver.receiveDeferredMessages(sequenceNumbers, options);
    return this.holdAll(await this.retrying.run(receive, options?.abortSignal));
  }

  async *getMessageIterator(
    options?: GetMessageIteratorOptions,
  ): AsyncIterableIterator<ServiceBusReceivedMessage> {
    // As the SDK's own, which would try only once. One that is closed gives no more messages.
    while (!this.isClosed) yield* await this.receiveMessages(1, options);
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
    return this.retrying.run(() => this.receiver.peekMessages(maxCount, options), options?.abortSignal);
  }

  completeMessage(message: ServiceBusReceivedMessage): Promise<void> {
    return this.held.complete(message);
  }

  abandonMessage(message: ServiceBusReceivedMessage, properties?: Properties): Promise<void> {
    return this.held.abandon(message, properties);
  }

  async deferMessage(message: ServiceBusReceivedMessage, properties?: Properties): Promise<void> {
    await this.retrying.run(() => settleAlone(() => this.receiver.deferMessage(message, properties)));
    this.held.release(message);
  }

  async deadLetterMessage(message: ServiceBusReceivedMessage, options?: DeadLetterOptions): Promise<void> {
    await this.retrying.run(() => settleAlone(() => this.receiver.deadLetterMessage(message, options)));
    this.held.release(message);
  }

  renewMessageLock(message: ServiceBusReceivedMessage): Promise<Date> {
    return this.retrying.run(() => this.receiver.renewMessageLock(message));
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

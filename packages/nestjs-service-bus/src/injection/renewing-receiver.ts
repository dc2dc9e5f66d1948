import {
  type GetMessageIteratorOptions,
  type MessageHandlers,
  type OperationOptionsBase,
  type PeekMessagesOptions,
  type ReceiveMessagesOptions,
  type ServiceBusReceivedMessage,
  type ServiceBusReceiver,
  type SubscribeOptions,
} from '@azure/service-bus';

import { inTurnOfItsOwn } from '../sdk/in-turn-of-its-own.js';
import { type LockRenewer } from '../delivery/lock-renewer.js';
import { HeldLock } from './held-lock.js';

type Properties = Parameters<ServiceBusReceiver['abandonMessage']>[1];
type DeadLetterOptions = Parameters<ServiceBusReceiver['deadLetterMessage']>[1];
type SequenceNumbers = Parameters<ServiceBusReceiver['receiveDeferredMessages']>[0];

/**
 * What `@InjectReceiver` injects: the SDK's receiver, except that locks are renewed per delivery, not per message id,
 * until the message is settled, for as long as the SDK would (5 minutes).
 */
export class RenewingReceiver implements ServiceBusReceiver {
  private readonly held = new Map<ServiceBusReceivedMessage, HeldLock>();

  constructor(
    private readonly receiver: ServiceBusReceiver,
    private readonly locks: LockRenewer,
  ) {}

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
      this.hold(message);
      yield message;
    }
  }

  subscribe(handlers: MessageHandlers, options?: SubscribeOptions): { close(): Promise<void> } {
    const isSettledForUser = options?.autoCompleteMessages ?? true;
    const processMessage = async (message: ServiceBusReceivedMessage): Promise<void> => {
      this.hold(message);
      try {
        await handlers.processMessage(message);
      } finally {
        if (isSettledForUser) this.stopRenewing(message);
      }
    };
    const processError = handlers.processError.bind(handlers);
    return this.receiver.subscribe({ processMessage, processError }, options);
  }

  peekMessages(maxCount: number, options?: PeekMessagesOptions): Promise<ServiceBusReceivedMessage[]> {
    return this.receiver.peekMessages(maxCount, options);
  }

  async completeMessage(message: ServiceBusReceivedMessage): Promise<void> {
    await this.receiver.completeMessage(message);
    this.stopRenewing(message);
  }

  async abandonMessage(message: ServiceBusReceivedMessage, properties?: Properties): Promise<void> {
    await inTurnOfItsOwn(() => this.receiver.abandonMessage(message, properties));
    this.stopRenewing(message);
  }

  async deferMessage(message: ServiceBusReceivedMessage, properties?: Properties): Promise<void> {
    await inTurnOfItsOwn(() => this.receiver.deferMessage(message, properties));
    this.stopRenewing(message);
  }

  async deadLetterMessage(message: ServiceBusReceivedMessage, options?: DeadLetterOptions): Promise<void> {
    await inTurnOfItsOwn(() => this.receiver.deadLetterMessage(message, options));
    this.stopRenewing(message);
  }

  renewMessageLock(message: ServiceBusReceivedMessage): Promise<Date> {
    return this.receiver.renewMessageLock(message);
  }

  async close(): Promise<void> {
    for (const message of this.held.keys()) this.stopRenewing(message);
    await this.receiver.close();
  }

  private holdAll(messages: ServiceBusReceivedMessage[]): ServiceBusReceivedMessage[] {
    for (const message of messages) this.hold(message);
    return messages;
  }

  private hold(message: ServiceBusReceivedMessage): void {
    const lock = new HeldLock(message, this.receiver, () => this.stopRenewing(message));
    this.held.set(message, lock);
    this.locks.add(lock);
  }

  private stopRenewing(message: ServiceBusReceivedMessage): void {
    const lock = this.held.get(message);
    if (!lock) return;
    this.held.delete(message);
    this.locks.remove(lock);
  }
}

import { type ServiceBusMessage, type ServiceBusSender } from '@azure/service-bus';

interface Pending {
  readonly message: ServiceBusMessage;
  readonly resolve: () => void;
  readonly reject: (error: unknown) => void;
}

/** Batches by hand: messages sent in one turn, or while a batch is in flight, travel together. */
export class BatchedSender {
  private pending: Pending[] = [];
  private isSending = false;

  constructor(private readonly sender: ServiceBusSender) {}

  send(message: ServiceBusMessage): Promise<void> {
    return new Promise((resolve, reject) => {
      this.pending.push({ message, resolve, reject });
      if (this.isSending) return;
      this.isSending = true;
      setImmediate(() => void this.sendAll());
    });
  }

  private async sendAll(): Promise<void> {
    while (this.pending.length > 0) {
      const batch = await this.sender.createMessageBatch();
      let count = 0;
      for (const { message } of this.pending) {
        if (!batch.tryAddMessage(message)) break;
        count++;
      }
      const members = this.pending.splice(0, count);
      try {
        await this.sender.sendMessages(batch);
        for (const { resolve } of members) resolve();
      } catch (error) {
        for (const { reject } of members) reject(error);
      }
    }
    this.isSending = false;
  }
}

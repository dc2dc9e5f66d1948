import { type ServiceBusContext } from 'nestjs-service-bus';

import { OutboxConfigurationError } from './outbox-configuration.error.js';
import { type InboxStore } from './inbox/inbox-store.js';
import { toTransactionClient, type TransactionAdapter } from './transaction/transaction-adapter.js';

/** What a message is told apart by: the transport's context, or names of the caller's. */
export type InboxSubject =
  | Pick<ServiceBusContext, 'entityPath' | 'pattern' | 'messageIdentity'>
  | {
      /** Who handles it: each consumer handles each message once. */
      readonly consumer: string;
      /** What tells the message from the consumer's others. */
      readonly messageId: string;
    };

/**
 * Begins a transaction, has work done in it, and commits; rolls back and rejects where the work rejects. What most libraries
 * have: `(work) => dataSource.transaction(work)`, `(work) => prisma.$transaction(work)`.
 */
export type BeginTransaction = (work: (transaction: unknown) => Promise<void>) => Promise<unknown>;

/** Has each message handled once, however often it is delivered. */
export class Inbox {
  /** @internal */
  constructor(
    private readonly store: InboxStore,
    private readonly adapters: readonly TransactionAdapter[],
    private readonly beginTransaction?: BeginTransaction,
  ) {}

  /**
   * Runs `work` unless the message was handled before: then returns undefined. The mark that it was is part of the
   * caller's transaction, and commits with whatever `work` does in it.
   *
   * Another delivery of the message at the same moment, in this process or in another one, waits for this transaction: it
   * does nothing if this one commits, and runs its own `work` if this one rolls back.
   *
   * @param transaction - The transaction, as the library gives it that began it.
   * @param subject - The context of the message's handler (`@Ctx()`).
   * @throws What `work` throws, and what the library throws if the statement fails. Let the transaction roll back then; on
   *   the isolation levels above READ COMMITTED a second delivery at the same moment is such a failure, and the next
   *   attempt finds the message handled.
   */
  async once<Result>(
    transaction: unknown,
    subject: InboxSubject,
    work: () => Promise<Result> | Result,
  ): Promise<Result | undefined> {
    return (await this.isFirst(transaction, subject)) ? work() : undefined;
  }

  /**
   * Begins a transaction, by the module's option `transaction`, and runs `work` in it unless the message was handled before.
   * What `@Once()` does.
   *
   * @throws {OutboxConfigurationError} The module does not know how to begin one.
   */
  async handleOnce<Result>(
    subject: InboxSubject,
    work: (transaction: unknown) => Promise<Result> | Result,
  ): Promise<Result | undefined> {
    let result: Result | undefined;
    await this.checkBeginsTransactions('inbox.handleOnce')(async (transaction) => {
      result = await this.once(transaction, subject, () => work(transaction));
    });
    return result;
  }

  /** @internal */
  checkBeginsTransactions(who: string): BeginTransaction {
    if (this.beginTransaction) return this.beginTransaction;
    throw new OutboxConfigurationError(
      `${who} begins transactions: tell OutboxModule how, by its option transaction, ` +
        'for instance (work) => dataSource.transaction(work)',
    );
  }

  /** Marks the message as handled, inside the caller's transaction; returns false if it was before. */
  isFirst(transaction: unknown, subject: InboxSubject): Promise<boolean> {
    const client = toTransactionClient(transaction, this.adapters);
    return this.store.mark(client, 'consumer' in subject ? subject : handledBy(subject));
  }
}

function handledBy(context: Exclude<InboxSubject, { readonly consumer: string }>): {
  consumer: string;
  messageId: string;
} {
  return { consumer: `${context.entityPath} ${context.pattern}`, messageId: context.messageIdentity };
}

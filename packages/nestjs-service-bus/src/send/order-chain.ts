/** An earlier message of the same order could not be sent: this one was held back, and has not left. */
export class PredecessorFailedError extends Error {
  override readonly name = 'PredecessorFailedError';

  constructor(cause: unknown) {
    super('a message that was to arrive before this one could not be sent', { cause });
  }
}

/** Messages of one order that wait for each other's fate. */
export class OrderChain {
  private waiting = 0;
  private failure?: PredecessorFailedError;

  /** Why none of its further messages may leave; undefined while they may. */
  get broken(): PredecessorFailedError | undefined {
    return this.failure;
  }

  join(): this {
    this.waiting++;
    return this;
  }

  /** One of its messages was accepted, or has failed with this error; returns whether the chain is over. */
  left(error?: unknown): boolean {
    if (error !== undefined) this.failure ??= new PredecessorFailedError(error);
    return --this.waiting === 0 || this.failure !== undefined;
  }
}

/** The chains of a sender, by order: there is one as long as a message of it waits for an answer. */
export class OrderChains {
  private readonly chains = new Map<string, OrderChain>();

  /** Who comes after a failure, and so may know of it, begins anew. */
  join(order: string): OrderChain {
    let chain = this.chains.get(order);
    if (!chain) this.chains.set(order, (chain = new OrderChain()));
    return chain.join();
  }

  left(order: string, chain: OrderChain, error?: unknown): void {
    if (chain.left(error) && this.chains.get(order) === chain) this.chains.delete(order);
  }
}

import { BrokerError } from '../broker-error.js';

// [Service Bus quotas: concurrent receive requests on an entity; those on a topic's subscriptions are counted together]
const MAX_RECEIVERS = 5_000;

/** Counts the receivers of an entity, and those of the topic that it belongs to. */
export class ReceiverCount {
  #count = 0;

  constructor(private readonly parent?: ReceiverCount) {}

  /** @throws BrokerError resource-limit-exceeded */
  assertRoom(address: string): void {
    this.parent?.assertRoom(address);
    if (this.#count < MAX_RECEIVERS) return;
    throw new BrokerError(
      'amqp:resource-limit-exceeded',
      `The maximum number of ${MAX_RECEIVERS} concurrent receivers has been reached on '${address}'.`,
    );
  }

  add(receivers: number): void {
    this.#count += receivers;
    this.parent?.add(receivers);
  }
}

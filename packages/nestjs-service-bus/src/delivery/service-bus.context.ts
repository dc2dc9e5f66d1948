import { type ServiceBusReceivedMessage, type ServiceBusSessionReceiver } from '@azure/service-bus';
import { BaseRpcContext } from '@nestjs/microservices';

import { recordAttempts } from './attempts.js';
import { toText } from '../exceptions/read-thrown.js';
import { messageIdentity } from './message-identity.js';
import { RedriveDelivery } from './redrive-delivery.js';
import { settle } from './settle.js';
import { type Delivery } from './delivery.js';
import { SessionDelivery } from './session-delivery.js';
import { type Settlement, type SettlementProperties } from './settlement.js';

/** [Service Bus] Of a reason and a description; longer ones are refused. */
const MAX_TEXT_LENGTH = 4_096;
const SIMPLE = new Set(['string', 'number', 'boolean']);

/** A message was settled a second time, or after its lock was lost. */
export class CannotSettleError extends Error {
  override readonly name = 'CannotSettleError';

  constructor(
    /** What was asked for. */
    readonly operation: Settlement['kind'],
    /** Why it cannot be. */
    readonly state: 'settled' | 'lost',
  ) {
    super(
      `cannot ${operation} the message: ${state === 'lost' ? 'its lock was lost' : 'it is settled already'}`,
    );
  }
}

/** The state of a session was asked for, and the message's binding has no sessions. */
export class NoSessionError extends Error {
  override readonly name = 'NoSessionError';

  constructor(
    /** The queue, or `topic/Subscriptions/subscription`, that is read. */
    readonly entityPath: string,
  ) {
    super(`${entityPath} is read without sessions: the binding needs the option sessions`);
  }
}

/** What a handler gets with `@Ctx()`: the message, its signal, and settlement for those who want it themselves. */
export class ServiceBusContext extends BaseRpcContext<[ServiceBusReceivedMessage, string, string]> {
  /** @internal */
  constructor(
    private readonly delivery: Delivery,
    pattern: string,
    entityPath: string,
  ) {
    super([delivery.message, pattern, entityPath]);
  }

  /** The message as the SDK received it, with its properties; `body` is the decoded payload. */
  get message(): ServiceBusReceivedMessage {
    return this.args[0];
  }

  /** The binding's pattern, with `/subject` where a handler is bound to one. */
  get pattern(): string {
    return this.args[1];
  }

  /** The queue, or `topic/Subscriptions/subscription`, that the message came from. */
  get entityPath(): string {
    return this.args[2];
  }

  /**
   * What tells this message from the others of its entity: the same for each delivery of it, and for its retry copies.
   * Its `messageId`, or something made of its sequence number where the sender gave none.
   */
  get messageIdentity(): string {
    return messageIdentity(this.message, this.entityPath);
  }

  /** The number of this attempt, 1 for the first. */
  get attempt(): number {
    return this.delivery.attempt;
  }

  /** Aborted when the message's lock is lost, and when a shutdown waits no longer. */
  get signal(): AbortSignal {
    return this.delivery.signal;
  }

  /**
   * The state of the message's session as it was set before, null if there is none; rejects with a NoSessionError
   * where the binding has no sessions, and with the SDK's `SessionLockLost` when the session is lost.
   */
  async getSessionState(): Promise<unknown> {
    const state: unknown = await this.session().getSessionState();
    return state;
  }

  /** Keeps any JSON value with the session, for the handlers of its further messages; null clears it. */
  async setSessionState(state: unknown): Promise<void> {
    await this.session().setSessionState(state);
  }

  /** Completes the message now; nothing is settled after the handler then. */
  complete(): Promise<void> {
    return this.settle({ kind: 'complete' });
  }

  /** Gives the message back to the queue now. */
  abandon(properties?: SettlementProperties): Promise<void> {
    const { message, attempt, counting } = this.delivery;
    // Where the broker does not count its deliveries, nobody would know of this one.
    const record = counting?.isDeadLetterQueue ? recordAttempts(message, attempt, counting) : undefined;
    return this.settle({ kind: 'abandon', properties: record ? { ...record, ...properties } : properties });
  }

  /** Defers the message now; only its sequence number brings it back. */
  defer(properties?: SettlementProperties): Promise<void> {
    return this.settle({ kind: 'defer', properties });
  }

  /** Moves the message to the dead-letter queue now. */
  deadLetter(reason: string, description = '', properties?: SettlementProperties): Promise<void> {
    const text = toText(reason ?? 'DeadLettered').slice(0, MAX_TEXT_LENGTH);
    const details = toText(description).slice(0, MAX_TEXT_LENGTH);
    return this.settle({ kind: 'dead-letter', reason: text, description: details, properties });
  }

  private session(): ServiceBusSessionReceiver {
    const { delivery } = this;
    if (delivery instanceof SessionDelivery) return delivery.session;
    if (delivery instanceof RedriveDelivery && delivery.session) return delivery.session;
    throw new NoSessionError(this.entityPath);
  }

  private async settle(settlement: Settlement): Promise<void> {
    if (settlement.kind !== 'complete') checkProperties(settlement.properties);
    const { state } = this.delivery;
    if (state !== 'open') throw new CannotSettleError(settlement.kind, state);
    await settle(this.delivery, settlement);
    // A message that comes again before the broker's answer has its lock lost, and is abandoned all the same.
    if (this.delivery.state === 'lost' && settlement.kind !== 'abandon')
      throw new CannotSettleError(settlement.kind, 'lost');
  }
}

/** What AMQP cannot encode would be tried for as long as the lock can be renewed. */
function checkProperties(properties: Readonly<Record<string, unknown>> = {}): void {
  for (const [name, value] of Object.entries(properties)) {
    if (SIMPLE.has(typeof value)) continue;
    throw new TypeError(`the property ${name} is ${typeof value}, allowed are strings, numbers and booleans`);
  }
}

import { randomUUID } from 'node:crypto';

import {
  ServiceBusError,
  type ServiceBusReceivedMessage,
  type ServiceBusReceiver,
  type ServiceBusSessionReceiver,
} from '@azure/service-bus';
import Long from 'long';

import { Delivery, type DeliveryLink } from '../delivery/delivery.js';
import { ServiceBusContext } from '../delivery/service-bus.context.js';
import { SessionDelivery } from '../delivery/session-delivery.js';
import { fitSettlement, type Settlement } from '../delivery/settlement.js';
import { DrainedError } from '../exceptions/drained.error.js';
import { Settler } from '../sdk/index.js';
import { TestSession } from './test-session.js';

/** The binding that a test context claims to be of. */
export interface TestBindingOptions {
  /** The binding's pattern. Default `test`. */
  readonly pattern?: string;
  /** The queue, or `topic/Subscriptions/subscription`. Default: the pattern. */
  readonly entityPath?: string;
}

/** A message as a handler finds it; what is not named is as in a message that has just arrived. */
export interface TestMessageOptions extends Partial<
  Omit<ServiceBusReceivedMessage, '_rawAmqpMessage' | 'sequenceNumber'>
> {
  /** The number of this attempt, 1 for the first. Default: what the delivery count and the properties say. */
  readonly attempt?: number;
  /** The entity's number for the message. Default 1. */
  readonly sequenceNumber?: number;
  /** What is kept with the message's session before the handler begins. Default null, for nothing. */
  readonly sessionState?: unknown;
}

/** What a test context is made of. */
export interface TestContextOptions extends TestMessageOptions, TestBindingOptions {}

const LOCK_DURATION_MS = 60_000;
const NO_LINK: DeliveryLink = { isOpen: true, release: () => undefined };
/** Settlements end with the delivery's observer: nobody is asked. */
const NO_RECEIVER = {} as ServiceBusReceiver;

/**
 * What a handler gets with `@Ctx()`, for a test that calls the handler itself: a real context, whose message is at no
 * broker. The test sees how it was settled, has its lock lost, or a shutdown wait for it no longer.
 */
export class TestServiceBusContext extends ServiceBusContext {
  /** How the handler has settled the message; undefined while it has left that to what follows it. */
  settlement: Settlement | undefined = undefined;
  private readonly inHand: Delivery;
  private readonly heldSession: TestSession | undefined;

  /** @internal */
  constructor({ pattern = 'test', entityPath = pattern, sessionState, ...fields }: TestContextOptions) {
    const message = receivedMessage(fields);
    const { sessionId } = message;
    const session = sessionId === undefined ? undefined : new TestSession(sessionId, sessionState);
    const delivery = deliver(message, session, entityPath, fields.attempt);
    super(delivery, pattern, entityPath);
    this.inHand = delivery;
    this.heldSession = session;
    delivery.observer = {
      lockLost: () => session?.lose(),
      settle: (_, settlement) => {
        this.settlement = fitSettlement(settlement, message);
        delivery.state = 'settled';
        return Promise.resolve();
      },
    };
  }

  /** What is kept with the message's session now, null for nothing; undefined for a message without a session. */
  get sessionState(): unknown {
    return this.heldSession?.state;
  }

  /** As when the broker takes the lock of the message, or of its session: `signal` aborts, and nothing can be settled. */
  loseLock(): void {
    const code = this.heldSession ? 'SessionLockLost' : 'MessageLockLost';
    this.inHand.lose(new ServiceBusError('the lock has expired', code));
  }

  /** As when a shutdown waits for the handler no longer: `signal` aborts, and the message can still be settled. */
  endGrace(): void {
    this.inHand.interrupt(new DrainedError());
  }
}

function receivedMessage({
  attempt = 1,
  sequenceNumber = 1,
  ...fields
}: TestMessageOptions): ServiceBusReceivedMessage {
  const now = Date.now();
  return {
    body: undefined,
    messageId: randomUUID(),
    deliveryCount: attempt - 1,
    lockToken: randomUUID(),
    enqueuedTimeUtc: new Date(now),
    lockedUntilUtc: new Date(now + LOCK_DURATION_MS),
    state: 'active',
    ...fields,
    sequenceNumber: Long.fromNumber(sequenceNumber),
    _rawAmqpMessage: { body: fields.body as unknown, bodyType: 'data' },
  };
}

function deliver(
  message: ServiceBusReceivedMessage,
  session: TestSession | undefined,
  entityPath: string,
  attempt: number | undefined,
): Delivery {
  const counting = { maxAttempts: Infinity, isDeadLetterQueue: /\/\$deadletterqueue$/i.test(entityPath) };
  if (!session) return new Delivery(message, new Settler(NO_RECEIVER), NO_LINK, 0, counting, attempt);
  const receiver = session as unknown as ServiceBusSessionReceiver;
  return new SessionDelivery(message, receiver, new Settler(receiver), NO_LINK, 0, counting, attempt);
}

import {
  type ServiceBusClient,
  type ServiceBusReceivedMessage,
  type ServiceBusReceiver,
} from '@azure/service-bus';
import { guidText, swapGuidOrder } from '@nestjs-service-bus/amqp-message';

import { DeskError } from '../desk-error.js';
import { retrying } from './retrying.js';

/** rhea's delivery of a message that was received on a link. */
interface RheaDelivery {
  tag: Buffer;
}

interface RheaSession {
  on_transfer(frame: { readonly performative: { message_format?: number } }): void;
}

interface RheaPromiseLink {
  readonly _link?: { readonly session?: RheaSession };
}

/** What the SDK keeps behind a receiver. */
interface SdkReceiver {
  _createBatchingReceiver?(...args: unknown[]): SdkBatchingReceiver;
}

interface SdkBatchingReceiver {
  receive(count: number, waitMs: number, waitAfterFirstMs: number, options: object): Promise<unknown>;
  createRheaLink(...args: unknown[]): Promise<RheaPromiseLink>;
  readonly _batchingReceiverLite?: {
    _createServiceBusMessage?(context: { message: Buffer; delivery: RheaDelivery }): unknown;
  };
}

/** A message in our hands: its lock is ours until it is settled or runs out. */
export interface LockedMessage {
  readonly bytes: Buffer;
  readonly lock: MessageLock;
}

/** What it takes to settle a message and to renew its lock, without the message. */
export interface MessageLock {
  /** [RFC 4122] */
  readonly token: Buffer;
  complete(): Promise<void>;
  /** Gives the message back. */
  abandon(): Promise<void>;
}

/** The SDK waits a second for a batch to become full; whoever sits here notices. */
const FURTHER_WAIT_MS = 200;
/** Any message format but 0: rhea hands over the bytes of what it does not know. */
const FOREIGN_FORMAT = 1;

/**
 * Receives messages as bytes, through one of the SDK's receivers: its link, its token and its credit are the SDK's, only
 * the decoding is left out. It would lose the types of values, and a message that rhea cannot decode ends the connection.
 */
export class RawReceiver {
  /** How many messages it has received: a link of which one stays unsettled stops after some 2,000 more. */
  received = 0;
  private readonly receiver: ServiceBusReceiver;

  constructor(client: ServiceBusClient, path: string) {
    this.receiver = client.createReceiver(path, { maxAutoLockRenewalDurationInMs: 0 });
    receiveBytes(this.receiver);
  }

  /** Receives up to `count` messages: what comes soon after the first; none if none comes in `waitMs`. */
  async receive(count: number, waitMs: number): Promise<LockedMessage[]> {
    // Never with a signal: while the SDK connects it would leave timers of a minute behind.
    const messages = await this.receiver.receiveMessages(count, { maxWaitTimeInMs: waitMs });
    this.received += messages.length;
    return (messages as unknown as Arrived[]).map((one) => one.locked(this.receiver));
  }

  close(): Promise<void> {
    return this.receiver.close();
  }

  /** The lock of a message that was received by its sequence number. */
  lockOfDeferred(token: Buffer): MessageLock {
    return new SdkLock(this.receiver, token, {});
  }
}

/** Stands where the SDK expects its own message. */
class Arrived {
  constructor(
    private readonly bytes: Buffer,
    private readonly delivery: RheaDelivery,
  ) {}

  locked(receiver: ServiceBusReceiver): LockedMessage {
    // [Service Bus] The delivery's tag is the token in the byte order of .NET.
    return {
      bytes: this.bytes,
      lock: new SdkLock(receiver, swapGuidOrder(this.delivery.tag), this.delivery),
    };
  }
}

class SdkLock implements MessageLock {
  constructor(
    private readonly receiver: ServiceBusReceiver,
    readonly token: Buffer,
    private readonly delivery: object,
  ) {}

  complete(): Promise<void> {
    return retrying(() => this.receiver.completeMessage(this.handle()));
  }

  abandon(): Promise<void> {
    return this.receiver.abandonMessage(this.handle());
  }

  /** All that the SDK asks of a message to settle it: on its link, and where that is gone through `$management`. */
  private handle(): ServiceBusReceivedMessage {
    const { delivery } = this;
    const lockToken = guidText(swapGuidOrder(this.token));
    return { body: undefined, lockToken, delivery } as unknown as ServiceBusReceivedMessage;
  }
}

function receiveBytes(receiver: ServiceBusReceiver): void {
  const inner = receiver as unknown as SdkReceiver;
  const create = inner._createBatchingReceiver?.bind(receiver);
  if (create === undefined) throw unknownVersion();
  inner._createBatchingReceiver = (...args) => {
    const batching = create(...args);
    const receive = batching.receive.bind(batching);
    batching.receive = (count, waitMs, _, options) => receive(count, waitMs, FURTHER_WAIT_MS, options);
    const open = batching.createRheaLink.bind(batching);
    const { _batchingReceiverLite: lite } = batching;
    if (lite?._createServiceBusMessage === undefined) throw unknownVersion();
    lite._createServiceBusMessage = ({ message, delivery }) => {
      // As it comes it is a part of what the socket has read, and would keep all of that in memory.
      delivery.tag = Buffer.from(delivery.tag);
      return new Arrived(message, delivery);
    };
    batching.createRheaLink = async (...options) => {
      const link = await open(...options);
      const session = link._link?.session;
      if (session === undefined) throw unknownVersion();
      // One link has a session for itself. No message has come yet: there was no credit.
      const pass = session.on_transfer.bind(session);
      session.on_transfer = (frame) => {
        frame.performative.message_format = FOREIGN_FORMAT;
        pass(frame);
      };
      return link;
    };
    return batching;
  };
}

function unknownVersion(): DeskError {
  return new DeskError(
    'this version of @azure/service-bus is not one that service-bus-desk knows: install 7.9.5',
    'not-connected',
  );
}

import { type Logger } from '@nestjs/common';
import { type MessageHandler } from '@nestjs/microservices';

import { type Binding } from '../binding/binding.js';
import { type ServiceBusRateStore } from '../binding/rate-store.js';
import { type RouteTable } from '../binding/route-table.js';
import { type AttemptCounting } from '../delivery/attempts.js';
import { type Delivery, type DeliveryObserver } from '../delivery/delivery.js';
import { type ServiceBusBatchContext } from '../delivery/service-bus-batch.context.js';
import { type ServiceBusContext } from '../delivery/service-bus.context.js';
import { type Wire } from '../format/wire.js';
import { type OutputGates } from '../reply/output-gates.js';
import { type ReplyPolicy } from '../reply/reply-policy.js';
import { type SenderPool } from '../send/sender-pool.js';
import { type BrokerClock } from '../time/broker-clock.js';
import { type Clock } from '../time/clock.js';
import { type CompletedMessages } from './completed-messages.js';
import { type Outcome } from './outcome.js';
import { type WaitingRoom } from './waiting-room.js';

/** Runs a handler with its payload to the end; the server puts Nest's processing hooks around it. */
export type Invoke = (
  handler: MessageHandler,
  payload: unknown,
  context: ServiceBusContext | ServiceBusBatchContext,
) => Promise<readonly unknown[]>;

/** Has a message's handler give its results for it: by a call of its own, or by one for several messages. */
export type Attempt = (
  handler: MessageHandler,
  payload: unknown,
  context: ServiceBusContext,
  delivery: Delivery,
) => Promise<readonly unknown[]>;

/** Watches the messages of one binding and changes nothing about them: telemetry implements it. */
export interface MessageObserver extends DeliveryObserver {
  /** A message has come. */
  received(delivery: Delivery): void;
  /** Runs the way of one message. */
  process(delivery: Delivery, work: () => Promise<Outcome | undefined>): Promise<Outcome | undefined>;
}

/** Gives each binding an observer besides telemetry's; the test kit provides one. */
export type ObserverOfBinding = (binding: Binding) => MessageObserver | undefined;

/** What the container knows it as. */
export const OBSERVER_OF_BINDING = Symbol('service bus observer');

/** What all messages of one binding share. */
export interface BindingRuntime {
  readonly binding: Binding;
  readonly routes: RouteTable;
  readonly counting: AttemptCounting;
  /** How messages are read; undefined where nobody has said anything of it. */
  readonly reads: Wire | undefined;
  readonly invoke: Invoke;
  readonly attempt: Attempt;
  readonly senders: SenderPool;
  /** To the binding's own input: for copies that the broker keeps until they are due. */
  readonly inputSenders: SenderPool;
  /** To the binding's own destination; they try once, for its gate decides when to try again. */
  readonly outputSenders: SenderPool;
  /** To places that only messages name. */
  readonly foreignSenders: SenderPool;
  /** To be closed when a drain begins. */
  readonly outputs: OutputGates;
  readonly replyPolicy: ReplyPolicy;
  readonly completed: CompletedMessages;
  readonly clock: Clock;
  /** Learns from the messages that come. */
  readonly brokerClock: BrokerClock;
  readonly logger: Logger;
  /** Of a binding whose rate has one. */
  readonly rateStore?: ServiceBusRateStore | undefined;
  /** Undefined where nobody measures or traces. */
  readonly observer?: MessageObserver | undefined;
}

/** A binding's runtime, with the place where this receiver's messages wait between two attempts. */
export interface MessageRuntime extends BindingRuntime {
  readonly waitingRoom: WaitingRoom;
}

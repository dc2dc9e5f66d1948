import { type Logger } from '@nestjs/common';
import { type MessageHandler } from '@nestjs/microservices';

import { type Binding } from '../binding/binding.js';
import { type RouteTable } from '../binding/route-table.js';
import { type SenderPool } from '../send/sender-pool.js';
import { type Clock } from '../time/clock.js';
import { Progress } from '../receive/watchdog/progress.js';
import { type WaitingRoom } from '../receive/concurrency/waiting-room.js';
import { type Delivery } from '../delivery/delivery.js';
import { type ServiceBusBatchContext } from '../delivery/service-bus-batch.context.js';
import { type ServiceBusContext } from '../delivery/service-bus.context.js';
import { type BindingTelemetry } from '../telemetry/binding-telemetry.js';
import { CompletedMessages } from '../message/completed-messages.js';
import { OutputGates } from '../reply/output-gates.js';

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

/** What a binding is given for its messages. */
export interface BindingPath {
  readonly binding: Binding;
  readonly routes: RouteTable;
  readonly invoke: Invoke;
  readonly senders: SenderPool;
  /** To the binding's own destination; they try once, for its gate decides when to try again. */
  readonly outputSenders: SenderPool;
  readonly clock: Clock;
  readonly logger: Logger;
  /** Undefined where nobody measures or traces. */
  readonly telemetry?: BindingTelemetry | undefined;
}

/** What the messages of one binding meet on their way. */
export interface MessagePath extends BindingPath {
  readonly attempt: Attempt;
  readonly waitingRoom: WaitingRoom;
  /** To be closed when a drain begins. */
  readonly outputs: OutputGates;
  readonly completed: CompletedMessages;
  readonly progress: Progress;
}

/** Adds to a binding's path what its messages share, whatever receives them. */
export function openPath(path: BindingPath): Omit<MessagePath, 'waitingRoom'> {
  const { binding, clock, logger } = path;
  const outputs = new OutputGates(binding.replyTo, clock, (destination, error) => {
    const cause = error instanceof Error ? error.message : String(error);
    logger.error(`${binding.pattern}: ${destination} takes no messages, keeps trying: ${cause}`);
  });
  return {
    ...path,
    attempt: path.invoke,
    outputs,
    completed: new CompletedMessages(),
    progress: new Progress(clock),
  };
}

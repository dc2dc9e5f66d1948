import { type Logger } from '@nestjs/common';
import { type MessageHandler } from '@nestjs/microservices';

import { type Binding } from '../binding/binding.js';
import { type RouteTable } from '../binding/route-table.js';
import { type SenderPool } from '../connection/sender-pool.js';
import { type Clock } from '../receive/clock.js';
import { type WaitingRoom } from '../receive/waiting-room.js';
import { type ServiceBusContext } from '../service-bus.context.js';
import { CompletedMessages } from './completed-messages.js';
import { OutputGates } from './output-gates.js';

/** Runs a handler with its payload to the end; the server puts Nest's processing hooks around it. */
export type Invoke = (
  handler: MessageHandler,
  payload: unknown,
  context: ServiceBusContext,
) => Promise<readonly unknown[]>;

/** What a binding is given for its messages. */
export interface BindingPath {
  readonly binding: Binding;
  readonly routes: RouteTable;
  readonly invoke: Invoke;
  readonly senders: SenderPool;
  readonly clock: Clock;
  readonly logger: Logger;
}

/** What the messages of one binding meet on their way. */
export interface MessagePath extends BindingPath {
  readonly waitingRoom: WaitingRoom;
  /** To be closed when a drain begins. */
  readonly outputs: OutputGates;
  readonly completed: CompletedMessages;
}

/** Adds to a binding's path what its messages share, whatever receives them. */
export function openPath(path: BindingPath): Omit<MessagePath, 'waitingRoom'> {
  const { binding, clock, logger } = path;
  const outputs = new OutputGates(binding.replyTo, clock, (destination, error) => {
    const cause = error instanceof Error ? error.message : String(error);
    logger.error(`${binding.pattern}: ${destination} takes no messages, keeps trying: ${cause}`);
  });
  return { ...path, outputs, completed: new CompletedMessages() };
}

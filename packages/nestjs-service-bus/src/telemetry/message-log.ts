import { type Logger } from '@nestjs/common';

import { type Binding } from '../binding/binding.js';
import { ofConnection } from '../binding/connection-name.js';
import { aboutMessage } from '../delivery/current-message.js';
import { type Delivery } from '../delivery/delivery.js';
import { nameOf } from '../delivery/describe-message.js';
import { type Outcome } from '../message/outcome.js';

/** The level of the lines for messages that are done. */
export type MessageLogLevel = 'info' | 'debug';

/** Writes a line for each message that a handler is done with; what fails is told by those who see it fail. */
export class MessageLog {
  private readonly write: (line: string) => void;

  constructor(
    private readonly binding: Binding,
    logger: Pick<Logger, 'log' | 'debug'>,
    level: MessageLogLevel,
  ) {
    this.write = level === 'info' ? (line) => logger.log(line) : (line) => logger.debug(line);
  }

  ended(delivery: Delivery, outcome: Outcome | undefined, durationMs: number): void {
    const end = delivery.state === 'lost' ? 'lock lost' : endOf(outcome);
    if (end === undefined) return;
    const { entityPath, connection } = this.binding;
    const went = end === 'completed' ? wayOf(delivery) : ` ${end}`;
    const ms = Math.round(durationMs);
    const message = `message ${nameOf(delivery.message)}${went}, ${ms} ms, attempt ${delivery.attempt}`;
    const line = `${entityPath}${ofConnection(connection)}: ${message}`;
    aboutMessage(delivery, this.binding, () => this.write(line), { outcome: end, durationMs: ms });
  }
}

function wayOf({ repliedTo }: Delivery): string {
  return repliedTo === undefined ? ' done' : ` → ${repliedTo}`;
}

function endOf(outcome: Outcome | undefined): string | undefined {
  if (outcome?.kind === 'complete') return 'completed';
  return outcome?.kind === 'defer' ? 'deferred' : undefined;
}

import { Injectable } from '@nestjs/common';
import Long from 'long';

import { InjectReceiver } from 'nestjs-service-bus';
import { answerOf } from './broker-timeout.js';
import { type ReceivedMessage } from './received-message.js';
import { RELAY_OUT } from './relay-options.js';

interface Peeker {
  peekMessages(maxMessages: number, options: { fromSequenceNumber: Long }): Promise<ReceivedMessage[]>;
}

/** Peeks at the relay's output queue. */
@Injectable()
export class PeekService {
  constructor(@InjectReceiver(RELAY_OUT) private readonly receiver: Peeker) {}

  /** Returns up to `maxMessages` messages, in order, from a sequence number on. */
  async peek(maxMessages: number, fromSequenceNumber: string): Promise<ReceivedMessage[]> {
    const messages: ReceivedMessage[] = [];
    let next = Long.fromString(fromSequenceNumber);
    // The broker returns at most some 250 at a time.
    while (messages.length < maxMessages) {
      const page = await answerOf(
        this.receiver.peekMessages(maxMessages - messages.length, { fromSequenceNumber: next }),
      );
      const last = page.at(-1)?.sequenceNumber;
      messages.push(...page);
      if (!last) break;
      next = last.add(1);
    }
    return messages;
  }
}

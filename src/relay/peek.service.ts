import { Injectable, ServiceUnavailableException } from '@nestjs/common';
import Long from 'long';

import { InjectReceiver } from 'nestjs-service-bus';
import { type Answer, Answers } from './answers.js';
import { answerOf } from './broker-timeout.js';
import { type ReceivedMessage, sizeOf } from './received-message.js';
import { RELAY_OUT } from './relay-options.js';

interface Peeker {
  peekMessages(maxMessages: number, options: { fromSequenceNumber: Long }): Promise<ReceivedMessage[]>;
}

/** How large its messages are is not known yet. */
const FIRST_PAGE = 16;
const LARGEST_PAGE = 250;

/** Peeks at the relay's output queue. */
@Injectable()
export class PeekService {
  constructor(
    @InjectReceiver(RELAY_OUT) private readonly receiver: Peeker,
    private readonly answers: Answers,
  ) {}

  /**
   * Renders up to `maxMessages` messages, in order, from a sequence number on; fewer if they are too large for one
   * answer.
   */
  async peek(
    maxMessages: number,
    fromSequenceNumber: string,
    render: (messages: readonly ReceivedMessage[]) => string,
  ): Promise<string> {
    const answer = this.answers.begin();
    try {
      return render(await this.collect(maxMessages, fromSequenceNumber, answer));
    } finally {
      answer.end();
    }
  }

  private async collect(
    maxMessages: number,
    fromSequenceNumber: string,
    answer: Answer,
  ): Promise<ReceivedMessage[]> {
    const messages: ReceivedMessage[] = [];
    let next = Long.fromString(fromSequenceNumber);
    let pageLength = FIRST_PAGE;
    // The broker returns at most some 250 at a time.
    while (messages.length < maxMessages) {
      const wanted = Math.min(pageLength, maxMessages - messages.length);
      const page = await answerOf(this.receiver.peekMessages(wanted, { fromSequenceNumber: next }));
      for (const message of page) {
        if (!answer.admit(sizeOf(message))) return this.endOf(messages);
        messages.push(message);
      }
      const last = page.at(-1)?.sequenceNumber;
      if (!last) break;
      next = last.add(1);
      // The page itself must fit into memory: messages of a queue are alike.
      const fitting = Math.floor((answer.freeBytes * messages.length) / Math.max(answer.heldBytes, 1));
      pageLength = Math.max(1, Math.min(fitting, LARGEST_PAGE));
    }
    return messages;
  }

  private endOf(messages: ReceivedMessage[]): ReceivedMessage[] {
    if (messages.length > 0) return messages;
    throw new ServiceUnavailableException(
      `answers with bodies of at most ${this.answers.limitBytes} bytes are made at once`,
    );
  }
}

import {
  Inject,
  Injectable,
  Logger,
  type OnModuleDestroy,
  ServiceUnavailableException,
} from '@nestjs/common';
import { type Response } from 'express';

import { InjectServiceBusClient, subscribeWithLinkEvents, within } from 'nestjs-service-bus';
import { Answers } from './answers.js';
import { handOver } from './hand-over.js';
import { MessageLines } from './message-lines.js';
import { type QueueClient, type QueueReader } from './queue-client.js';
import { type ReceivedMessage } from './received-message.js';
import { NoRoomError, Reception, type ReceptionLimits } from './reception.js';
import { RELAY_OPTIONS, type RelayOptions } from './relay-options.js';

const SHUTDOWN_TIMEOUT_MS = 5_000;

/** Receives the messages of the relay's output queue for HTTP responses. */
@Injectable()
export class ReceiveService implements OnModuleDestroy {
  private readonly logger = new Logger('Relay');
  private readonly shutdown = new AbortController();
  private readonly receptions = new Set<Promise<void>>();

  constructor(
    @InjectServiceBusClient() private readonly client: QueueClient,
    @Inject(RELAY_OPTIONS) private readonly options: RelayOptions,
    private readonly answers: Answers,
    private readonly lines: MessageLines,
  ) {}

  /**
   * Responds with the messages that arrive within the limits. They are completed after the response has been handed
   * to the client's socket, and abandoned if the client disconnects first.
   */
  async receive(
    limits: ReceptionLimits,
    render: (messages: readonly ReceivedMessage[]) => string,
    response: Response,
  ): Promise<void> {
    if (this.shutdown.signal.aborted) throw new ServiceUnavailableException('the service is shutting down');
    const reception = this.serve(limits, render, response);
    this.receptions.add(reception);
    try {
      await reception;
    } finally {
      this.receptions.delete(reception);
    }
  }

  /** Pending requests get the messages that have arrived so far. */
  async onModuleDestroy(): Promise<void> {
    this.shutdown.abort();
    await within(SHUTDOWN_TIMEOUT_MS, Promise.allSettled(this.receptions));
  }

  private async serve(
    limits: ReceptionLimits,
    render: (messages: readonly ReceivedMessage[]) => string,
    response: Response,
  ): Promise<void> {
    const clientGone = new AbortController();
    response.once('close', () => clientGone.abort());
    const answer = this.answers.begin();
    const reception = new Reception(this.createReader(), this.createReceiver(), limits, answer);
    try {
      const signal = AbortSignal.any([clientGone.signal, this.shutdown.signal]);
      const messages = await reception.collect(signal);
      const hasThem = !clientGone.signal.aborted && (await handOver(response, render(messages)));
      if (hasThem) for (const message of messages) this.lines.received(this.options.outQueue, message);
      const refused = hasThem ? await reception.complete() : 0;
      if (refused > 0) this.logger.warn(`${refused} messages that a client has got will be delivered again`);
      await reception.close();
    } catch (error) {
      // Not awaited: the broker may never answer.
      void reception.close();
      if (error instanceof NoRoomError) {
        throw new ServiceUnavailableException(
          `answers with bodies of at most ${this.answers.limitBytes} bytes are made at once`,
        );
      }
      throw error;
    } finally {
      answer.end();
    }
  }

  private createReader(): QueueReader {
    const receiver = this.createReceiver();
    return {
      subscribe: (handlers, options) => subscribeWithLinkEvents(receiver, handlers, options),
      close: () => receiver.close(),
    };
  }

  private createReceiver(): ReturnType<QueueClient['createReceiver']> {
    return this.client.createReceiver(this.options.outQueue, {
      maxAutoLockRenewalDurationInMs: 0,
      skipParsingBodyAsJson: true,
    });
  }
}

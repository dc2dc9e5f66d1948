import { type ServiceBusMessage } from '@azure/service-bus';
import { Injectable } from '@nestjs/common';

import { SenderPool } from '../send/sender-pool.js';

/** What a send to a destination by its name wants besides. */
export interface DestinationSendOptions {
  /**
   * Messages of the same order arrive in the order of the calls. Once one of them has failed, those behind it fail with
   * a PredecessorFailedError and do not leave. Default: the order of the message's session, without that condition.
   */
  readonly order?: string;
}

/** Sends to queues and topics whose names are known only when there is something to send; injectable as a class. */
@Injectable()
export class ServiceBusSenders {
  /** @internal */
  constructor(private readonly pool: SenderPool) {}

  /**
   * Sends one message; resolves when the broker has accepted it. Sends of one turn of the event loop travel as one
   * batch. Rejects with the SDK's error once its tries are over, or with the encoder's for what cannot be encoded.
   */
  async send(
    destination: string,
    message: ServiceBusMessage,
    options?: DestinationSendOptions,
  ): Promise<void> {
    // Copied, because encoding happens later and the caller may reuse its object at once.
    return this.pool.get(destination).send({ ...message }, options);
  }
}

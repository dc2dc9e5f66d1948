import { type ServiceBusReceivedMessage, type ServiceBusReceiver } from '@azure/service-bus';

import { mayUseFastLane } from '../fast-lane/fast-lane.js';

/** Settles and renews messages with one of the SDK's receivers, whatever link they arrived on. */
export class Settler {
  readonly usesFastLane: boolean;
  /** The receiver holds a session: its id names the lock. */
  readonly isOfSession: boolean;

  constructor(readonly receiver: ServiceBusReceiver) {
    this.usesFastLane = mayUseFastLane(receiver);
    this.isOfSession = 'sessionId' in receiver;
  }

  peekMessages(
    ...args: Parameters<ServiceBusReceiver['peekMessages']>
  ): Promise<ServiceBusReceivedMessage[]> {
    return this.receiver.peekMessages(...args);
  }

  close(): Promise<void> {
    return this.receiver.close();
  }
}

import { type BrokerError } from '../broker-error.js';
import { type Message, type MessageSession } from './message.js';
import { type Receiver } from './receiver.js';

/** What the driver of the model has to do outside it, in order. */
export type Effect =
  | {
      readonly type: 'deliver';
      readonly receiver: Receiver;
      readonly message: Message;
      /** The lock under which it is delivered; 0 without one. */
      readonly lockId: number;
    }
  /** Answers a drain: this much credit was unused and is gone. */
  | { readonly type: 'drained'; readonly receiver: Receiver; readonly unusedCredit: number }
  | { readonly type: 'session-granted'; readonly receiver: Receiver; readonly session: MessageSession }
  /** The broker detaches the receiver: session lock lost, accept timed out, entity deleted or disabled. */
  | { readonly type: 'detach'; readonly receiver: Receiver; readonly error: BrokerError };

import { type BrokerError } from '../broker-error.js';
import { type Message } from './message.js';
import { type Receiver } from './receiver.js';
import { type Session } from './session.js';

/** What is to happen outside the model, in order. */
export type Effect =
  | {
      readonly type: 'deliver';
      readonly receiver: Receiver;
      readonly message: Message;
      /** The lock under which it is delivered; 0 without one. */
      readonly lockId: number;
    }
  /** A drain is answered: this much credit was left unused and is gone. */
  | { readonly type: 'drained'; readonly receiver: Receiver; readonly unusedCredit: number }
  | { readonly type: 'session-granted'; readonly receiver: Receiver; readonly session: Session }
  /** The receiver has lost its place (session lock lost, accept timed out, entity deleted or disabled). */
  | { readonly type: 'detach'; readonly receiver: Receiver; readonly error: BrokerError };

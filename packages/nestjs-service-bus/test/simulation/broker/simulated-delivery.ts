import { type ServiceBusError } from '@azure/service-bus';

import { type Outcome } from '../../../../service-bus-emulator/src/model/queue/outcome.js';
import { lockTokenOf } from './received-message.js';
import { type ReceivingLink } from './receiving-link.js';
import { conditionOf } from './refusal.js';
import { exchange } from './request.js';
import { type SettlementPlace } from './settlement-place.js';

/** rhea's delivery, with the members that the runtime uses, named as in rhea. */
export class SimulatedDelivery {
  /** The broker has answered a settlement, possibly with a refusal: the link allows no second one. */
  remote_settled = false;
  remote_state?: { readonly error?: { readonly condition: string } };

  constructor(
    readonly link: ReceivingLink,
    private readonly lockId: number,
    private readonly sequenceNumber: number,
    private readonly place: SettlementPlace,
  ) {
    link.hold(this);
  }

  /** Completes the message, and notifies the link's listeners of the answer. */
  accept(): void {
    this.place.locks.completing(lockTokenOf(this.lockId), this.sequenceNumber);
    this.settle({ type: 'complete' }, () => undefined);
  }

  settle(outcome: Outcome, answered: (error?: ServiceBusError) => void): void {
    const { broker, connection, queue, locks } = this.place;
    const hear = (error?: ServiceBusError): void => {
      this.remote_settled = true;
      this.remote_state = error ? { error: { condition: conditionOf(error) } } : {};
      if (error) locks.refused(lockTokenOf(this.lockId), error);
      else locks.settled(lockTokenOf(this.lockId));
      answered(error);
      this.link.emitSettled(this);
    };
    exchange(connection, {
      operation: 'settle',
      way: this.link,
      apply: () => broker.settle(queue, this.lockId, outcome),
      done: () => hear(),
      refused: hear,
    });
  }
}

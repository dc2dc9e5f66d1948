import { type Delivery } from '../delivery/delivery.js';
import { type CompletedMessages } from './completed-messages.js';
import { settle } from '../delivery/settle.js';

const COMPLETE = { kind: 'complete' } as const;

/** Completes a message whose work is done; if its lock is lost by now, its next delivery is completed only. */
export function complete(delivery: Delivery, completed: CompletedMessages): Promise<void> {
  const settling = settle(delivery, COMPLETE);
  delivery.onCompleting?.();
  return settling.then(() => {
    if (delivery.state === 'lost') completed.add(delivery.message);
    else completed.delete(delivery.message);
  });
}

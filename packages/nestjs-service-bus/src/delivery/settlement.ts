import { type ServiceBusReceivedMessage, type ServiceBusReceiver } from '@azure/service-bus';

import { type SettlementProperties } from './attempts.js';
import { inTurnOfItsOwn } from '../sdk/index.js';

/** How a message's lock is to end. */
export type Settlement =
  | { readonly kind: 'complete' }
  | { readonly kind: 'abandon' | 'defer'; readonly properties?: SettlementProperties }
  | {
      readonly kind: 'dead-letter';
      readonly reason: string;
      readonly description: string;
      readonly properties?: SettlementProperties;
    };

/** Asks the broker for it, and resolves with the broker's answer. */
export function applySettlement(
  settlement: Settlement,
  receiver: ServiceBusReceiver,
  message: ServiceBusReceivedMessage,
): Promise<void> {
  switch (settlement.kind) {
    case 'complete':
      return receiver.completeMessage(message);
    case 'abandon':
      return inTurnOfItsOwn(() => receiver.abandonMessage(message, settlement.properties));
    case 'defer':
      return inTurnOfItsOwn(() => receiver.deferMessage(message, settlement.properties));
    case 'dead-letter': {
      const options = {
        ...settlement.properties,
        deadLetterReason: settlement.reason,
        deadLetterErrorDescription: settlement.description,
      };
      return inTurnOfItsOwn(() => receiver.deadLetterMessage(message, options));
    }
  }
}

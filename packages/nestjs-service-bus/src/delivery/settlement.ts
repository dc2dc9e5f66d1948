import { type ServiceBusReceivedMessage } from '@azure/service-bus';

import { type MessageLock } from '../sdk/index.js';
import { cutToBytes, fitProperties, freeBytes } from './fit-properties.js';

/** Application properties as the broker takes them when a message is settled. */
export type SettlementProperties = Record<string, string | number>;

/** How a message's lock is to end. */
export type Settlement =
  | {
      /** It is done, and gone. */
      readonly kind: 'complete';
    }
  | {
      /** Back to the queue, or kept aside until it is received by its number. */
      readonly kind: 'abandon' | 'defer';
      /** Put into the message's own. */
      readonly properties?: SettlementProperties;
    }
  | {
      /** To the dead-letter queue. */
      readonly kind: 'dead-letter';
      /** At most 4,096 characters. */
      readonly reason: string;
      /** At most 4,096 characters. */
      readonly description: string;
      /** Put into the message's own. */
      readonly properties?: SettlementProperties;
    };

/** The same settlement, with no more than the message has room for. */
export function fitSettlement(settlement: Settlement, message: ServiceBusReceivedMessage): Settlement {
  if (settlement.kind === 'complete' || !settlement.properties) return settlement;
  if (settlement.kind !== 'dead-letter') {
    return { ...settlement, properties: fitProperties(settlement.properties, message) };
  }
  // The broker writes both into the message's properties.
  const freeForBoth = freeBytes(message) - 2 * Buffer.byteLength('DeadLetterErrorDescription');
  const reason = cutToBytes(settlement.reason, freeForBoth);
  const description = cutToBytes(settlement.description, freeForBoth - Buffer.byteLength(reason));
  const reserved =
    Buffer.byteLength(reason + description) + 2 * Buffer.byteLength('DeadLetterErrorDescription');
  const properties = fitProperties(settlement.properties, message, reserved);
  return { ...settlement, reason, description, properties };
}

/** Asks the broker for it; one of the two callbacks is called with the broker's answer. */
export function applySettlement(
  settlement: Settlement,
  lock: MessageLock,
  settled: () => void,
  refused: (error: Error) => void,
): void {
  switch (settlement.kind) {
    case 'complete':
      return lock.complete(settled, refused);
    case 'abandon':
      return lock.abandon(settlement.properties, settled, refused);
    case 'defer':
      return lock.defer(settlement.properties, settled, refused);
    case 'dead-letter': {
      const options = {
        ...settlement.properties,
        deadLetterReason: settlement.reason,
        deadLetterErrorDescription: settlement.description,
      };
      return lock.deadLetter(options, settled, refused);
    }
  }
}

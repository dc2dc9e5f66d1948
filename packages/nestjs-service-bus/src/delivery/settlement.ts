import { type MessageLock } from '../sdk/index.js';

/** Application properties as the broker takes them when a message is settled. */
export type SettlementProperties = Record<string, string | number>;

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

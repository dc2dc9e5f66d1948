/** The part of an entity that an address names. */
export type SubQueue = 'main' | 'dead-letter' | 'transfer-dead-letter';

/** A parsed address. */
export interface Address {
  /** Queue, topic, or topic and subscription, as the client spelled it. */
  readonly entity: string;
  /** The entity in lower case: names are compared without regard to case. */
  readonly key: string;
  readonly subQueue: SubQueue;
  readonly management: boolean;
}

const MANAGEMENT = '/$management';
const TRANSFER_DEAD_LETTER = '/$transfer/$deadletterqueue';
const DEAD_LETTER = '/$deadletterqueue';

/** Parses an entity's address; some SDKs send it as a whole URL or with a leading slash. */
export function parseAddress(text: string): Address {
  let entity = text.replace(/^[a-z]+:\/\/[^/]*/i, '').replace(/^\/+/, '');
  const management = entity.toLowerCase().endsWith(MANAGEMENT);
  if (management) entity = entity.slice(0, -MANAGEMENT.length);

  let subQueue: SubQueue = 'main';
  if (entity.toLowerCase().endsWith(TRANSFER_DEAD_LETTER)) {
    subQueue = 'transfer-dead-letter';
    entity = entity.slice(0, -TRANSFER_DEAD_LETTER.length);
  } else if (entity.toLowerCase().endsWith(DEAD_LETTER)) {
    subQueue = 'dead-letter';
    entity = entity.slice(0, -DEAD_LETTER.length);
  }
  return { entity, key: entity.toLowerCase(), subQueue, management };
}

/** Returns the address of a subscription. */
export function subscriptionAddress(topicName: string, subscriptionName: string): string {
  return `${topicName}/Subscriptions/${subscriptionName}`;
}

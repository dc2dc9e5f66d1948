const DEAD_LETTER = '/$DeadLetterQueue';
const SUBSCRIPTION = /^(.+)\/subscriptions\/([^/]+)$/i;

/** An entity that messages are dead-lettered from. */
export interface EntityAddress {
  readonly kind: 'queue' | 'subscription';
  /** `orders`, or `events/Subscriptions/audit`. */
  readonly path: string;
  /** Of a subscription. */
  readonly topic?: string;
  readonly subscription?: string;
}

/** Reads `orders`, `events/Subscriptions/audit`, each with or without `/$DeadLetterQueue`. */
export function readEntityAddress(text: string): EntityAddress {
  const path = text.trim().replace(/\/\$deadletterqueue$/i, '');
  const [, topic, subscription] = SUBSCRIPTION.exec(path) ?? [];
  if (topic === undefined || subscription === undefined) return { kind: 'queue', path };
  return { kind: 'subscription', path: `${topic}/Subscriptions/${subscription}`, topic, subscription };
}

/** The address of an entity's dead-letter queue. */
export function deadLetterPath({ path }: EntityAddress): string {
  return `${path}${DEAD_LETTER}`;
}

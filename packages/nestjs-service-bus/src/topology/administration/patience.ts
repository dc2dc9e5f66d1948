import { setTimeout as sleep } from 'node:timers/promises';

import { explainAdministrationError, readAdministrationError } from './administration-errors.js';

/** How long throttling and conflicts are waited out. */
export interface Patience {
  readonly tries: number;
  /** The longest wait before the second try, in milliseconds; it doubles with each further one. */
  readonly delayMs: number;
}

/** Some 30 s in all: [Service Bus] throttling of management operations is over after seconds. */
export const DEFAULT_PATIENCE: Patience = { tries: 7, delayMs: 500 };

/**
 * Asks the administration of a namespace; throttled, or while somebody else changes the same entity, again. What the
 * caller reckons with (`missing`, `exists`) comes back as a word.
 *
 * @throws TopologyError for every other error
 */
export async function ask<Answer>(
  asked: string,
  host: string,
  patience: Patience,
  operation: () => Promise<Answer>,
): Promise<Answer | 'missing' | 'exists'> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await operation();
    } catch (error) {
      const kind = readAdministrationError(error);
      if (kind === 'missing' || kind === 'exists') return kind;
      // The SDK itself has tried again where there was no answer.
      if (kind !== 'busy' || attempt >= patience.tries) throw explainAdministrationError(error, asked, host);
      // Other instances that start at the same moment are to come at other moments.
      await sleep(patience.delayMs * 2 ** (attempt - 1) * (0.5 + Math.random() / 2));
    }
  }
}

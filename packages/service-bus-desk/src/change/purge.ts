import { type FoundMessage } from './sweep.js';
import { type Change, type Performed } from './change-dead-letters.js';

/** Removes dead letters for good. */
export class Purge implements Change {
  readonly action = 'purge';

  perform(found: readonly FoundMessage[]): Promise<Performed> {
    return Promise.resolve({ remove: found, keep: [] });
  }
}

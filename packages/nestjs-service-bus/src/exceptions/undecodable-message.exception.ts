import { DeadLetterException } from './dead-letter.exception.js';

/** A body that is not what its content type says, or that no handler could take safely. */
export class UndecodableMessageException extends DeadLetterException {
  override readonly name = 'UndecodableMessageException';

  constructor(description: string) {
    super('UndecodableMessage', description);
  }
}

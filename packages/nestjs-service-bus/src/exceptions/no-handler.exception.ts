import { DeadLetterException } from './dead-letter.exception.js';

/** A message that no handler of its binding takes. */
export class NoHandlerException extends DeadLetterException {
  override readonly name = 'NoHandlerException';

  constructor(description: string) {
    super('NoHandler', description);
  }
}

import { type PropertyValue } from '@nestjs-service-bus/amqp-message';

import { DeskError } from '../desk-error.js';

/**
 * What may be changed of a message that is sent again. What the broker goes by stays as it is: its id and numbers, its
 * session and partition, its times.
 */
export interface MessageEdit {
  /** Text is sent as its UTF-8 bytes. Default: the body as it was, in its AMQP type. */
  readonly body?: string | Uint8Array;
  /** A MIME type; null removes it. */
  readonly contentType?: string | null;
  /** The label of older SDKs; null removes it. */
  readonly subject?: string | null;
  /** Null removes it. */
  readonly correlationId?: string | null;
  /** Where it is meant to go; no broker looks at it. */
  readonly to?: string | null;
  /** Where replies are to be sent; null removes it. */
  readonly replyTo?: string | null;
  /** Application properties to set or, by null, to remove. All others stay as they are. */
  readonly properties?: Readonly<Record<string, PropertyValue>>;
}

const FIELDS = new Set(['body', 'contentType', 'subject', 'correlationId', 'to', 'replyTo', 'properties']);
/** Properties by which whoever looks at a copy knows where it came from. */
const RESERVED =
  /^(?:resubmit-|redrive-|original-|dead-letter-|DeadLetter(?:Reason|ErrorDescription)$|retry-(?:attempts|delivery-count)$)/i;

/** @throws DeskError if it would change what has to stay as it is */
export function checkEdit(edit: MessageEdit): void {
  const locked = Object.keys(edit).filter((name) => !FIELDS.has(name));
  if (locked.length > 0) {
    throw new DeskError(
      `${locked.join(', ')} cannot be edited: only ${[...FIELDS].join(', ')} can`,
      'bad-input',
    );
  }
  const reserved = Object.keys(edit.properties ?? {}).filter((name) => RESERVED.test(name));
  if (reserved.length > 0) {
    throw new DeskError(`${reserved.join(', ')}: the desk's own properties cannot be edited`, 'bad-input');
  }
}

import { type ServiceBusReceivedMessage } from '@azure/service-bus';

import { REQUEST_ID } from '../format/request-id.js';

export { REQUEST_ID } from '../format/request-id.js';

/*
 * What a request and its replies say to each other, in application properties.
 *
 * A request names itself in `request-id`, next to its `replyTo`. Each reply repeats that id and says which one of
 * how many it is, so that a stream has an end, and neither a redelivered request's second set of replies nor their
 * order of arrival is seen by the requester. A handler that gives nothing is answered by a count of 0. An error is
 * answered once it is final: when the request was dead-lettered, not while attempts are left.
 */
export const REPLY_INDEX = 'reply-index';
export const REPLY_COUNT = 'reply-count';
export const REPLY_ERROR = 'reply-error';

// It is sent back as it came: no requester of ours has a longer one.
const MAX_REQUEST_ID_LENGTH = 128;

/** Somebody who waits for the replies of one request. */
export interface Requester {
  readonly replyTo: string;
  readonly requestId: string;
}

/** Who waits for this message's replies; undefined for a message that is no request. */
export function requesterOf(message: ServiceBusReceivedMessage): Requester | undefined {
  const requestId = message.applicationProperties?.[REQUEST_ID];
  const { replyTo } = message;
  if (typeof requestId !== 'string' || requestId.length > MAX_REQUEST_ID_LENGTH) return undefined;
  if (typeof replyTo !== 'string' || replyTo === '') return undefined;
  return { replyTo, requestId };
}

import { type ServiceBusMessage } from '@azure/service-bus';

import { REPLY_COUNT, REPLY_ERROR, REPLY_INDEX, REQUEST_ID, type Requester } from './reply-protocol.js';

/** Tells each of a request's replies which one of `count` it is; a count of 0 is the end of a reply of nothing. */
export function markReplies(
  replies: readonly ServiceBusMessage[],
  { requestId }: Requester,
  count: number,
): void {
  for (const [index, reply] of replies.entries()) {
    reply.applicationProperties = {
      ...reply.applicationProperties,
      [REQUEST_ID]: requestId,
      [REPLY_INDEX]: index,
      [REPLY_COUNT]: count,
    };
  }
}

/** Makes a reply the one that ends its request with an error; its body says which. */
export function markErrorReply(reply: ServiceBusMessage, { requestId }: Requester): void {
  reply.applicationProperties = {
    ...reply.applicationProperties,
    [REQUEST_ID]: requestId,
    [REPLY_ERROR]: true,
  };
}

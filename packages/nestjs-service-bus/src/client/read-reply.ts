import { type ServiceBusReceivedMessage } from '@azure/service-bus';
import { RpcException } from '@nestjs/microservices';

import { decode } from '../format/decode.js';
import { routingOf } from '../format/opened-envelope.js';
import { readPayload } from '../format/read-payload.js';
import { type Wire } from '../format/wire.js';
import { REPLY_COUNT, REPLY_ERROR, REPLY_INDEX, REQUEST_ID } from '../reply/reply-protocol.js';

/** A reply as its requester sees it. */
export type Reply =
  | { readonly kind: 'value'; readonly index: number; readonly count: number; readonly value: unknown }
  | { readonly kind: 'error'; readonly error: Error };

/** The id of the request that a message replies to; responders other than ours set only `correlationId`. */
export function requestIdOf(message: ServiceBusReceivedMessage): string {
  return String(message.applicationProperties?.[REQUEST_ID] ?? message.correlationId);
}

/** Reads a reply; one without our properties is the only reply to its request. */
export function readReply(message: ServiceBusReceivedMessage): Reply {
  try {
    return replyOf(message, decode(message));
  } catch (error) {
    return { kind: 'error', error: error as Error };
  }
}

/** The same for a reply in one of these formats; one that tells of an error is JSON always. */
export async function readReplyBy(message: ServiceBusReceivedMessage, wire: Wire): Promise<Reply> {
  if (message.applicationProperties?.[REPLY_ERROR] === true) return readReply(message);
  try {
    const value = await readPayload(message, wire);
    const failed = routingOf(message)?.error;
    if (failed) return { kind: 'error', error: new RpcException({ status: 'error', ...failed }) };
    return replyOf(message, value);
  } catch (error) {
    return { kind: 'error', error: error as Error };
  }
}

function replyOf(message: ServiceBusReceivedMessage, value: unknown): Reply {
  const properties = message.applicationProperties ?? {};
  if (properties[REPLY_ERROR] === true) {
    return { kind: 'error', error: new RpcException(value as string | object) };
  }
  const index = properties[REPLY_INDEX];
  const count = properties[REPLY_COUNT];
  if (!isCount(index) || !isCount(count)) return { kind: 'value', index: 0, count: 1, value };
  return { kind: 'value', index, count, value };
}

function isCount(value: unknown): value is number {
  return typeof value === 'number' && Number.isInteger(value) && value >= 0;
}

/** The id of the request that a message answers, where its envelope alone says it. */
export async function enclosedRequestId(
  message: ServiceBusReceivedMessage,
  wire: Wire,
): Promise<string | undefined> {
  await readPayload(message, wire).catch(() => undefined);
  return routingOf(message)?.requestId;
}

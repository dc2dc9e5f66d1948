import { TypeCode } from '@nestjs-service-bus/amqp-message';

import { BrokerError } from '../../model/broker-error.js';
import { parseMessage } from '../codec/message/parse-message.js';
import { type ManagementReply, type ManagementRequest } from './management-request.js';
import { types } from '../rhea-private.js';

/** Accepts messages that become active later; replies with the sequence numbers by which they can be cancelled. */
export function scheduleMessage({ address, body, context }: ManagementRequest): ManagementReply {
  const fault = context.faults.takeSendRefusal(address);
  if (fault) throw fault;
  const list = body['messages'];
  if (!Array.isArray(list))
    throw new BrokerError('com.microsoft:argument-error', "'messages' must be a list.");
  const contents = list.map((entry: unknown) => {
    const bytes = (entry as { message?: unknown } | null)?.message;
    if (!Buffer.isBuffer(bytes))
      throw new BrokerError('com.microsoft:argument-error', "'message' must be binary.");
    return parseMessage(bytes, context.newMessageId);
  });
  const numbers = context.broker.command((nowMs) => {
    const entity = context.broker.namespace.target(address);
    const given = entity.send(nowMs, contents);
    context.accepted(entity.description.name, contents);
    return given;
  });
  context.credits.spend(contents.length);
  return { status: 200, body: { 'sequence-numbers': types.wrap_array(numbers, TypeCode.long, undefined) } };
}

import { TypeCode } from '@nestjs-service-bus/amqp-message';

import { BrokerError } from '../../model/broker-error.js';
import { sessionLocks } from '../../model/queue/queue-operations.js';
import { type SessionLocks } from '../../model/queue/session-locks.js';
import {
  type ManagementReply,
  type ManagementRequest,
  readNumber,
  requireText,
} from './management-request.js';
import { types } from '../rhea-private.js';

// [Service Bus: session state may be as large as a message]
const MAX_STATE_BYTES = 256 * 1024;

/** Renews a session's lock: it lasts for the entity's lock duration, from now on. */
export function renewSessionLock({ address, body, context }: ManagementRequest): ManagementReply {
  const fault = context.faults.takeRenewalFailure(address);
  if (fault) throw fault;
  const sessionId = requireText(body, 'session-id');
  const session = context.broker.command((nowMs) => locksOf(address, context).renew(nowMs, sessionId));
  return { status: 200, body: { expiration: types.wrap_timestamp(Math.trunc(session.lockedUntilMs)) } };
}

/** Sets a session's state or, with null, clears it. */
export function setSessionState({ address, body, context }: ManagementRequest): ManagementReply {
  const sessionId = requireText(body, 'session-id');
  const state = body['session-state'] ?? undefined;
  if (state !== undefined && !Buffer.isBuffer(state)) {
    throw new BrokerError('com.microsoft:argument-error', "'session-state' must be binary or null.");
  }
  if (state && state.length > MAX_STATE_BYTES) {
    throw new BrokerError(
      'amqp:link:message-size-exceeded',
      `A session's state may have at most ${MAX_STATE_BYTES} bytes.`,
    );
  }
  // The JavaScript SDK clears the state by sending the JSON text null.
  const cleared = state === undefined || state.equals(JSON_NULL);
  context.broker.command((nowMs) =>
    locksOf(address, context).setState(nowMs, sessionId, cleared ? undefined : Buffer.from(state)),
  );
  return { status: 200 };
}

const JSON_NULL = Buffer.from('null');

export function getSessionState({ address, body, context }: ManagementRequest): ManagementReply {
  const { state } = context.broker.command(() =>
    locksOf(address, context).held(requireText(body, 'session-id')),
  );
  return { status: 200, body: { 'session-state': state ?? null } };
}

/** Lists sessions that have messages or a state, page by page. */
export function getMessageSessions({ address, body, context }: ManagementRequest): ManagementReply {
  const updatedAfter = body['last-updated-time'];
  const updatedAfterMs = updatedAfter instanceof Date ? updatedAfter.getTime() : 0;
  const skip = readNumber(body['skip'] ?? 0, 'skip');
  const top = readNumber(body['top'] ?? 100, 'top');
  const all = context.broker.command(() => [...locksOf(address, context).sessions.all()]);
  // [Service Bus: with a time, only sessions whose state was set after it; a far future time asks for all]
  const isAll = !(updatedAfterMs > 0) || updatedAfterMs > FAR_FUTURE_MS;
  const ids = all
    .filter((session) => isAll || session.stateUpdatedAtMs > updatedAfterMs)
    .map((session) => session.id)
    .slice(skip, skip + top);
  if (ids.length === 0) return { status: 204 };
  return {
    status: 200,
    body: {
      skip: types.wrap_int(skip + ids.length),
      'sessions-ids': types.wrap_array(ids, TypeCode.string32, undefined),
    },
  };
}

const FAR_FUTURE_MS = Date.UTC(9000, 0);

function locksOf(address: string, context: ManagementRequest['context']): SessionLocks {
  return sessionLocks(context.broker.namespace.source(address).queue);
}

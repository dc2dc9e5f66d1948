import { randomUUID } from 'node:crypto';

import { readField } from '../exceptions/read-thrown.js';
import {
  CONTENT_TYPE,
  guidOf,
  hostInfo,
  type MassTransitEnvelope,
  timeOf,
  toGuid,
  URN,
} from './mass-transit-envelope.js';
import { type RequestError } from './opened-envelope.js';
import { type OutgoingMessage, type SerializedPayload } from './payload-format.js';

/** [MassTransit: Fault] All faults are of this type. */
const FAULT = `${URN}MassTransit:Fault`;

/** The message that has failed. */
interface Failed {
  readonly envelope: MassTransitEnvelope;
  readonly payload: unknown;
  readonly sourceAddress: string | undefined;
}

/**
 * [MassTransit: FaultEvent, FaultPipe] The envelope that tells of a failure: with it, MassTransit's request client fails at
 * once. It says what an error reply says, and no stack.
 */
export function writeFault(
  { reason, message }: RequestError,
  { message: draft }: OutgoingMessage,
  { envelope, payload, sourceAddress }: Failed,
): SerializedPayload {
  const now = timeOf(Date.now());
  const types = envelope.messageType.map((urn) => `${FAULT}[[${urn.replace(URN, '')}]]`);
  const exception = { exceptionType: reason, innerException: null, stackTrace: '', message, source: 'node' };
  const fault = {
    faultId: randomUUID(),
    faultedMessageId: guidOf(envelope.messageId) ?? null,
    timestamp: now,
    exceptions: [exception],
    host: hostInfo(),
    faultMessageTypes: envelope.messageType,
    message: payload,
  };
  const messageId = toGuid(draft.messageId);
  const body = {
    messageId,
    requestId: envelope.requestId,
    correlationId: envelope.correlationId,
    conversationId: envelope.conversationId ?? messageId,
    initiatorId: envelope.correlationId,
    sourceAddress,
    destinationAddress: envelope.faultAddress ?? envelope.responseAddress,
    messageType: [...types, FAULT],
    message: fault,
    sentTime: now,
    headers: {},
    host: hostInfo(),
  };
  return { body: JSON.stringify(body), contentType: CONTENT_TYPE };
}

/** What a message tells of a failure; undefined for one that is no fault. */
export function faultOf(payload: unknown, { messageType }: MassTransitEnvelope): RequestError | undefined {
  if (!messageType.some((urn) => urn === FAULT || urn.startsWith(`${FAULT}[[`))) return undefined;
  const exceptions = listOf(fieldOf(payload, 'exceptions'));
  const texts = exceptions.map((one) => fieldOf(one, 'message')).filter((text) => typeof text === 'string');
  const reason = fieldOf(exceptions[0], 'exceptionType');
  return {
    reason: typeof reason === 'string' && reason !== '' ? reason : 'Fault',
    message: texts.join('; ') || 'the request faulted',
  };
}

/** [System.Text.Json] Senders may write the names in any case. */
function fieldOf(value: unknown, name: string): unknown {
  return readField(value, name) ?? readField(value, name.charAt(0).toUpperCase() + name.slice(1));
}

function listOf(value: unknown): unknown[] {
  return Array.isArray(value) ? value : [];
}

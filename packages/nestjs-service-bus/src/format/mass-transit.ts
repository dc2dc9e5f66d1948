import { createHash, randomUUID } from 'node:crypto';
import { hostname } from 'node:os';

import { type ServiceBusReceivedMessage } from '@azure/service-bus';

import { toText } from '../exceptions/read-thrown.js';
import { SerializationError } from '../exceptions/serialization.error.js';
import { ServiceBusConfigurationError } from '../exceptions/service-bus-configuration.error.js';
import { UndecodableMessageException } from '../exceptions/undecodable-message.exception.js';
import { decodeData } from './decode.js';
import { kindOf } from './known-formats.js';
import { envelopeOf, OpenedEnvelope } from './opened-envelope.js';
import { type OutgoingMessage, type PayloadFormat } from './payload-format.js';

const CONTENT_TYPE = 'application/vnd.masstransit+json';
const URN = 'urn:message:';
const GUID = /^\{?([\da-f]{8})-?([\da-f]{4})-?([\da-f]{4})-?([\da-f]{4})-?([\da-f]{12})\}?$/i;

/** What is around the message in MassTransit's envelope; ids are GUIDs, addresses URIs, times of ISO 8601. */
export interface MassTransitEnvelope {
  /** The message's own id. */
  readonly messageId?: string;
  /** Of the request that it is, or answers. */
  readonly requestId?: string;
  /** What it belongs to. */
  readonly correlationId?: string;
  /** The same for all messages that follow from one. */
  readonly conversationId?: string;
  /** The correlation id of the message that it follows from. */
  readonly initiatorId?: string;
  /** Who has sent it. */
  readonly sourceAddress?: string;
  /** Where it was sent to. */
  readonly destinationAddress?: string;
  /** Where an answer is expected. */
  readonly responseAddress?: string;
  /** Where failures are expected. */
  readonly faultAddress?: string;
  /** The URNs of the types that it is of: `urn:message:Shop.Contracts:OrderPlaced`. */
  readonly messageType: readonly string[];
  /** From when on it is worth nothing. */
  readonly expirationTime?: string;
  /** When it was sent. */
  readonly sentTime?: string;
  /** The application's own. */
  readonly headers?: Readonly<Record<string, unknown>>;
  /** The sender's process. */
  readonly host?: Readonly<Record<string, unknown>>;
}

/** Options of `massTransit()`. */
export interface MassTransitOptions {
  /**
   * The types of a message that is sent, the most specific first: `Shop.Contracts:OrderPlaced`, or the whole URN. Default:
   * the contract's `type`, else the subject, else the pattern.
   */
  readonly messageType?:
    string | readonly string[] | ((payload: unknown, about: OutgoingMessage) => string | readonly string[]);
  /** The address of this service: `sb://shop.servicebus.windows.net/orders`. Default: none. */
  readonly sourceAddress?: string;
}

/**
 * MassTransit's JSON envelope. Handlers take what is in it; `massTransitEnvelopeOf` gives what is around it. The message's
 * types, without `urn:message:`, pick the handler where the message has no subject, and its `responseAddress` is where a
 * result goes. Throws a ServiceBusConfigurationError for an option that is wrong.
 */
export function massTransit(options: MassTransitOptions = {}): PayloadFormat {
  const { messageType, sourceAddress } = options;
  if (sourceAddress !== undefined && !URL.canParse(sourceAddress)) {
    throw new ServiceBusConfigurationError([
      `massTransit: sourceAddress is ${toText(sourceAddress)}, which is no URI`,
    ]);
  }
  if (messageType !== undefined && typeof messageType !== 'function' && !urnsOf(messageType)) {
    throw new ServiceBusConfigurationError([`massTransit: ${wrongType(messageType)}`]);
  }
  return {
    contentType: CONTENT_TYPE,
    reads: ({ contentType }) =>
      typeof contentType === 'string' && /^application\/vnd\.masstransit/i.test(contentType),
    serialize: (payload, about) => JSON.stringify(toEnvelope(payload, about, options)),
    deserialize: (body, message) => {
      const { payload, envelope } = fromEnvelope(body, message);
      const subjects = envelope.messageType.map((urn) => urn.replace(URN, ''));
      return new OpenedEnvelope(payload, new ReceivedEnvelope(envelope), {
        subjects,
        replyTo: entityOf(envelope.responseAddress),
      });
    },
  };
}

/** Returns what is around a message in work that has come in MassTransit's envelope; undefined for any other one. */
export function massTransitEnvelopeOf(message: ServiceBusReceivedMessage): MassTransitEnvelope | undefined {
  const kept = envelopeOf(message);
  return kept instanceof ReceivedEnvelope ? kept.envelope : undefined;
}

class ReceivedEnvelope {
  constructor(readonly envelope: MassTransitEnvelope) {}
}

function toEnvelope(payload: unknown, about: OutgoingMessage, options: MassTransitOptions): object {
  if (
    typeof payload !== 'object' ||
    payload === null ||
    Array.isArray(payload) ||
    payload instanceof Uint8Array
  ) {
    throw new SerializationError(CONTENT_TYPE, `the payload is ${kindOf(payload)}, allowed is an object`);
  }
  const { messageType = about.type, sourceAddress } = options;
  const { message, request } = about;
  const asked = request && massTransitEnvelopeOf(request);
  const types = typeof messageType === 'function' ? messageType(payload, about) : messageType;
  const urns = urnsOf(types);
  if (!urns) throw new SerializationError(CONTENT_TYPE, wrongType(types));
  const messageId = toGuid(message.messageId);
  const nowMs = Date.now();
  return {
    messageId,
    requestId: asked?.requestId,
    correlationId: guidOf(message.correlationId),
    conversationId: asked?.conversationId ?? messageId,
    initiatorId: asked?.correlationId,
    sourceAddress,
    destinationAddress: asked?.responseAddress,
    messageType: urns,
    message: payload,
    expirationTime: message.timeToLive ? timeOf(nowMs + message.timeToLive) : undefined,
    sentTime: timeOf(nowMs),
    headers: {},
    host: {
      machineName: hostname(),
      processName: 'node',
      processId: process.pid,
      frameworkVersion: process.versions.node,
    },
  };
}

/** Dates end in the year 275760. */
function timeOf(atMs: number): string {
  return new Date(Math.min(atMs, 8_640_000_000_000_000)).toISOString();
}

function fromEnvelope(
  body: Buffer,
  { contentType }: ServiceBusReceivedMessage,
): { payload: unknown; envelope: MassTransitEnvelope } {
  if (!/^application\/vnd\.masstransit\+json\s*(?:;|$)/i.test(String(contentType))) {
    throw new UndecodableMessageException(
      `its content type is ${contentType}: of MassTransit's envelopes, ${CONTENT_TYPE} is read`,
    );
  }
  const parsed = decodeData(body, contentType);
  if (typeof parsed !== 'object' || parsed === null || Array.isArray(parsed)) {
    throw new UndecodableMessageException("the body is no envelope of MassTransit's: no object of JSON");
  }
  // [System.Text.Json] Senders may write the names in any case.
  const fields = Object.fromEntries(
    Object.entries(parsed).map(([name, value]) => [
      name.charAt(0).toLowerCase() + name.slice(1),
      value as unknown,
    ]),
  );
  const { message, messageType, ...others } = fields;
  if (typeof message !== 'object' || message === null || !isTexts(messageType)) {
    throw new UndecodableMessageException(
      "the body is no envelope of MassTransit's that is known: it needs a message, and its messageType, a list of URNs",
    );
  }
  const known = Object.entries(others).filter(([, value]) => value !== null);
  return { payload: message, envelope: { ...Object.fromEntries(known), messageType } };
}

function isTexts(value: unknown): value is string[] {
  return Array.isArray(value) && value.length > 0 && value.every((one) => typeof one === 'string');
}

/** Undefined for what is no type. */
function urnsOf(types: unknown): string[] | undefined {
  const list: unknown = typeof types === 'string' ? [types] : types;
  if (!isTexts(list)) return undefined;
  const urns = list.map((type) => (type.startsWith(URN) ? type : URN + type));
  return urns.every((urn) => /^urn:message:\S+$/.test(urn)) ? urns : undefined;
}

function wrongType(types: unknown): string {
  return `messageType is ${toText(types)}, allowed is Namespace:Type, or a list of these`;
}

/** MassTransit refuses ids that are no GUIDs: one is made of any other id, always the same. */
function toGuid(id: unknown): string {
  if (id === undefined) return randomUUID();
  const known = guidOf(id);
  if (known !== undefined) return known;
  const bytes = createHash('sha256').update(toText(id)).digest().subarray(0, 16);
  // [RFC 9562, 5.8] A UUID of one's own making.
  bytes.writeUInt8((bytes.readUInt8(6) & 0x0f) | 0x80, 6);
  bytes.writeUInt8((bytes.readUInt8(8) & 0x3f) | 0x80, 8);
  return guidOf(bytes.toString('hex')) ?? randomUUID();
}

/** With or without dashes: MassTransit writes message ids without. */
function guidOf(id: unknown): string | undefined {
  const parts = typeof id === 'string' ? GUID.exec(id) : null;
  return parts ? parts.slice(1).join('-').toLowerCase() : undefined;
}

/** `sb://shop.servicebus.windows.net/replies?autodelete=300` and `queue:replies` are the queue `replies`. */
function entityOf(address: unknown): string | undefined {
  if (typeof address !== 'string' || !URL.canParse(address)) return undefined;
  const { pathname } = new URL(address);
  // Names of entities need no escapes; what has some is no entity of ours.
  const path = pathname.replace(/^\/+/, '');
  return path === '' || path.includes('%') ? undefined : path;
}

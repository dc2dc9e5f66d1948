import { type ServiceBusReceivedMessage } from '@azure/service-bus';

import { toText } from '../exceptions/read-thrown.js';
import { SerializationError } from '../exceptions/serialization.error.js';
import { ServiceBusConfigurationError } from '../exceptions/service-bus-configuration.error.js';
import { UndecodableMessageException } from '../exceptions/undecodable-message.exception.js';
import { decodeData } from './decode.js';
import { kindOf } from './known-formats.js';
import {
  CONTENT_TYPE,
  entityOf,
  guidOf,
  hostInfo,
  type MassTransitEnvelope,
  timeOf,
  toGuid,
  URN,
} from './mass-transit-envelope.js';
import { faultOf, writeFault } from './mass-transit-fault.js';
import { envelopeOf, OpenedEnvelope } from './opened-envelope.js';
import { type OutgoingMessage, type PayloadFormat } from './payload-format.js';
import { REQUEST_ID } from './request-id.js';

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
      // [MassTransit: GetFaultEndpoint]
      const toldOfFaults = entityOf(envelope.faultAddress ?? envelope.responseAddress);
      return new OpenedEnvelope(payload, new ReceivedEnvelope(envelope), {
        subjects,
        replyTo: entityOf(envelope.responseAddress),
        requestId: guidOf(envelope.requestId),
        error: faultOf(payload, envelope),
        failure:
          toldOfFaults === undefined
            ? undefined
            : {
                replyTo: toldOfFaults,
                serialize: (error, about) => writeFault(error, about, { envelope, payload, sourceAddress }),
              },
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
  const { message } = about;
  const types = typeof messageType === 'function' ? messageType(payload, about) : messageType;
  const urns = urnsOf(types);
  if (!urns) throw new SerializationError(CONTENT_TYPE, wrongType(types));
  const messageId = toGuid(message.messageId);
  const nowMs = Date.now();
  return {
    messageId,
    correlationId: guidOf(message.correlationId),
    conversationId: messageId,
    sourceAddress,
    ...exchangeOf(about, sourceAddress),
    messageType: urns,
    message: payload,
    expirationTime: message.timeToLive ? timeOf(nowMs + message.timeToLive) : undefined,
    sentTime: timeOf(nowMs),
    headers: {},
    host: hostInfo(),
  };
}

/** Whose answer it is, or who waits for one. */
function exchangeOf({ message, request }: OutgoingMessage, sourceAddress: string | undefined): object {
  const asked = request && massTransitEnvelopeOf(request);
  if (asked) {
    const { requestId, conversationId, correlationId: initiatorId, responseAddress } = asked;
    const conversation = conversationId === undefined ? {} : { conversationId };
    return { requestId, initiatorId, destinationAddress: responseAddress, ...conversation };
  }
  const requestId = guidOf(message.applicationProperties?.[REQUEST_ID]);
  const { replyTo } = message;
  return {
    requestId,
    responseAddress: replyTo === undefined ? undefined : addressOf(replyTo, sourceAddress),
  };
}

/** Of an entity in the namespace of this service; where that is not known, as MassTransit writes it shortly. */
function addressOf(entity: string, sourceAddress: string | undefined): string {
  const { protocol, host } = new URL(sourceAddress ?? 'queue:any');
  return protocol === 'sb:' ? `sb://${host}/${entity}` : `queue:${entity}`;
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

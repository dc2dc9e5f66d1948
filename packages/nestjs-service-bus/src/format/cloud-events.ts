import { type ServiceBusReceivedMessage } from '@azure/service-bus';

import { readField } from '../exceptions/read-thrown.js';
import { SerializationError } from '../exceptions/serialization.error.js';
import { ServiceBusConfigurationError } from '../exceptions/service-bus-configuration.error.js';
import { UndecodableMessageException } from '../exceptions/undecodable-message.exception.js';
import {
  attributeProblem,
  checkAttributes,
  type CloudEventAttributes,
  isCloudEvent,
  isDate,
  SPEC_VERSION,
} from './cloud-event.js';
import { contentTypeOf } from './content-type.js';
import { decodeData } from './decode.js';
import { envelopeOf, OpenedEnvelope } from './opened-envelope.js';
import { type OutgoingMessage, type PayloadFormat, type SerializedPayload } from './payload-format.js';

/** [CloudEvents AMQP 3.2.1] */
const STRUCTURED = 'application/cloudevents+json';
/** [CloudEvents AMQP 3.1.3.1] Both are in use: JMS cannot name the first one. */
const PREFIXES = ['cloudEvents:', 'cloudEvents_'];
const BYTES = 'application/octet-stream';
const JSON_TYPE = 'application/json';

/** Options of `cloudEvents()`. */
export interface CloudEventsOptions {
  /** The source of events that are sent, a URI reference: `/shop/orders`. Default: only ready events can be sent. */
  readonly source?: string;
  /**
   * `structured`: the body is the event, in JSON. `binary`: the body is its data, and the attributes are application
   * properties `cloudEvents:…`. Both are read. Default `structured`.
   */
  readonly mode?: 'structured' | 'binary';
  /** The type of an event that is sent. Default: the contract's `type`, else the subject, else the pattern. */
  readonly type?: (payload: unknown, about: OutgoingMessage) => string;
  /** Further attributes: `subject`, `dataschema`, extensions. Default: none. */
  readonly attributes?: (payload: unknown, about: OutgoingMessage) => Readonly<Record<string, unknown>>;
}

/**
 * CloudEvents 1.0 by the AMQP protocol binding. Handlers take the data; `cloudEventOf` gives the attributes. The event's
 * type picks the handler where the message has no subject. A payload that is an event, of the package `cloudevents` for
 * instance, is sent as that event, any other one as the data of a new one, whose id is the message's. Throws a
 * ServiceBusConfigurationError for an option that is wrong.
 */
export function cloudEvents(options: CloudEventsOptions = {}): PayloadFormat {
  checkOptions(options);
  const { mode = 'structured' } = options;
  return {
    contentType: STRUCTURED,
    reads: (message) => isStructured(message) || prefixOf(message) !== undefined,
    serialize: (payload, about) => {
      const event = eventOf(payload, about, options);
      const problem = attributeProblem(event.attributes);
      if (problem !== undefined) throw new SerializationError(STRUCTURED, problem);
      return mode === 'structured' ? toStructured(event) : toBinary(event);
    },
    deserialize: (body, message) => {
      const { attributes, data } = isStructured(message)
        ? fromStructured(body, message)
        : fromBinary(body, message);
      return new OpenedEnvelope(data, new ReceivedEvent(attributes), { subjects: [attributes.type] });
    },
  };
}

/** Returns the attributes of the event that a message in work has brought; undefined where it has brought none. */
export function cloudEventOf(message: ServiceBusReceivedMessage): CloudEventAttributes | undefined {
  const envelope = envelopeOf(message);
  return envelope instanceof ReceivedEvent ? envelope.attributes : undefined;
}

class ReceivedEvent {
  constructor(readonly attributes: CloudEventAttributes) {}
}

interface Event {
  readonly attributes: Readonly<Record<string, unknown>>;
  readonly data: unknown;
}

function checkOptions({ source, mode }: CloudEventsOptions): void {
  const problems: string[] = [];
  if (source !== undefined && (typeof source !== 'string' || source === '')) {
    problems.push(`cloudEvents: source is ${String(source)}, allowed is a URI reference: /shop/orders`);
  }
  if (mode !== undefined && !['structured', 'binary'].includes(mode)) {
    problems.push(`cloudEvents: mode is ${String(mode)}, allowed is structured or binary`);
  }
  if (problems.length > 0) throw new ServiceBusConfigurationError(problems);
}

function eventOf(payload: unknown, about: OutgoingMessage, options: CloudEventsOptions): Event {
  if (isCloudEvent(payload)) return readyEvent(payload);
  const { source, type, attributes } = options;
  if (source === undefined) {
    throw new SerializationError(
      STRUCTURED,
      'the payload is no event, and cloudEvents() has no source for a new one: cloudEvents({ source: … })',
    );
  }
  const isBytes = payload instanceof Uint8Array;
  return {
    data: payload,
    attributes: withoutGaps({
      specversion: SPEC_VERSION,
      id: String(about.message.messageId),
      source,
      type: type?.(payload, about) ?? about.type,
      time: new Date(),
      datacontenttype: isBytes ? BYTES : JSON_TYPE,
      ...attributes?.(payload, about),
    }),
  };
}

/** Of the package `cloudevents`, which gives its own fields by `toJSON`, or an object of the same form. */
function readyEvent(payload: Readonly<Record<string, unknown>>): Event {
  const toJson = readField(payload, 'toJSON');
  const fields = (typeof toJson === 'function' ? toJson.call(payload) : payload) as Record<string, unknown>;
  const { data, data_base64: base64, ...attributes } = fields;
  const bytes = readField(payload, 'data');
  if (bytes instanceof Uint8Array) return { data: bytes, attributes: withoutGaps(attributes) };
  const isBase64 = data === undefined && typeof base64 === 'string';
  return { data: isBase64 ? Buffer.from(base64, 'base64') : data, attributes: withoutGaps(attributes) };
}

function toStructured({ attributes, data }: Event): SerializedPayload {
  const fields = Object.fromEntries(
    Object.entries(attributes).map(([name, value]) => [name, toJsonValue(value)]),
  );
  const isBytes = data instanceof Uint8Array;
  const content = isBytes ? { data_base64: Buffer.from(data).toString('base64') } : { data };
  return { body: JSON.stringify({ ...fields, ...content }) };
}

function toBinary({ attributes, data }: Event): SerializedPayload {
  const { datacontenttype, ...others } = attributes;
  const contentType = typeof datacontenttype === 'string' ? datacontenttype : JSON_TYPE;
  const properties = Object.entries(others).map(([name, value]) => [
    `${PREFIXES[0]}${name}`,
    name === 'time' ? toDate(value) : value instanceof Uint8Array ? toJsonValue(value) : value,
  ]);
  return {
    body: toBody(data, contentType),
    contentType,
    applicationProperties: Object.fromEntries(properties) as NonNullable<
      SerializedPayload['applicationProperties']
    >,
  };
}

/** Data that is no JSON travels as the text that it is. */
function toBody(data: unknown, contentType: string): string | Uint8Array {
  if (data === undefined) return '';
  if (data instanceof Uint8Array) return data;
  const isText = typeof data === 'string' && contentTypeOf(contentType).kind !== 'json';
  return isText ? data : JSON.stringify(data);
}

/** [CloudEvents AMQP 2.2] Times are timestamps of AMQP. */
function toDate(value: unknown): unknown {
  const date = new Date(value as string);
  return isDate(date) ? date : value;
}

function toJsonValue(value: unknown): unknown {
  if (isDate(value)) return value.toISOString();
  return value instanceof Uint8Array ? Buffer.from(value).toString('base64') : value;
}

function isStructured({ contentType }: ServiceBusReceivedMessage): boolean {
  return typeof contentType === 'string' && /^application\/cloudevents/i.test(contentType);
}

function prefixOf({ applicationProperties = {} }: ServiceBusReceivedMessage): string | undefined {
  return PREFIXES.find((prefix) => Object.hasOwn(applicationProperties, `${prefix}specversion`));
}

function fromStructured(
  body: Buffer,
  { contentType }: ServiceBusReceivedMessage,
): Event & { readonly attributes: CloudEventAttributes } {
  if (!/^application\/cloudevents\+json\s*(?:;|$)/i.test(String(contentType))) {
    throw new UndecodableMessageException(
      `its content type is ${contentType}: of events, ${STRUCTURED} is read`,
    );
  }
  const event = decodeData(body, contentType);
  if (typeof event !== 'object' || event === null || Array.isArray(event)) {
    throw new UndecodableMessageException('the body is no event: no object of JSON');
  }
  const { data, data_base64: base64, ...fields } = event as Record<string, unknown>;
  const attributes = checkAttributes(withoutGaps(fields));
  if (base64 === undefined) return { attributes, data: data ?? null };
  if (data !== undefined)
    throw new UndecodableMessageException('the event has data and data_base64: one of them');
  if (typeof base64 !== 'string')
    throw new UndecodableMessageException('data_base64 of the event is no text');
  return { attributes, data: decodeData(Buffer.from(base64, 'base64'), attributes.datacontenttype ?? BYTES) };
}

function fromBinary(
  body: Buffer,
  message: ServiceBusReceivedMessage,
): Event & { readonly attributes: CloudEventAttributes } {
  const { applicationProperties = {}, contentType } = message;
  const prefix = prefixOf(message) ?? '';
  const entries = Object.entries(applicationProperties)
    .filter(([name]) => name.startsWith(prefix))
    .map(([name, value]) => [name.slice(prefix.length), value] as const)
    // The SDK makes numbers of dates.
    .map(([name, value]) => [
      name,
      toJsonValue(typeof value === 'number' && name === 'time' ? toDate(value) : value),
    ]);
  const attributes = checkAttributes(
    withoutGaps({ ...(Object.fromEntries(entries) as object), datacontenttype: contentType }),
  );
  return { attributes, data: body.length === 0 ? null : decodeData(body, contentType) };
}

function withoutGaps(fields: Readonly<Record<string, unknown>>): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(fields).filter(([, value]) => value !== undefined && value !== null),
  );
}

import { isInstance, readField, toText } from '../exceptions/read-thrown.js';
import { UndecodableMessageException } from '../exceptions/undecodable-message.exception.js';

/** The attributes of an event by CloudEvents 1.0, with its extensions. */
export interface CloudEventAttributes {
  /** `1.0`. */
  readonly specversion: string;
  /** With the source the same for each delivery of the event. */
  readonly id: string;
  /** Where it comes from, a URI reference. */
  readonly source: string;
  /** What has happened: `com.shop.order-placed`. */
  readonly type: string;
  /** What it is about, within its source. */
  readonly subject?: string;
  /** When it happened, by RFC 3339. */
  readonly time?: string;
  /** The content type of its data. */
  readonly datacontenttype?: string;
  /** A URI of the schema of its data. */
  readonly dataschema?: string;
  /** Extensions. */
  readonly [name: string]: unknown;
}

export const SPEC_VERSION = '1.0';
const REQUIRED = ['id', 'source', 'type'] as const;
/** [CloudEvents 1.0, naming] */
const NAME = /^[a-z0-9]+$/;

/** Whether a payload is an event already, an object of the package `cloudevents` for instance. */
export function isCloudEvent(payload: unknown): payload is Readonly<Record<string, unknown>> {
  if (typeof payload !== 'object' || payload === null) return false;
  return ['specversion', ...REQUIRED].every((name) => typeof readField(payload, name) === 'string');
}

/** Throws for attributes that are none of an event that can be read. */
export function checkAttributes(attributes: Readonly<Record<string, unknown>>): CloudEventAttributes {
  const { specversion } = attributes;
  if (specversion !== SPEC_VERSION) {
    const version = specversion === undefined ? 'without a specversion' : `of version ${toText(specversion)}`;
    throw new UndecodableMessageException(
      `the event is ${version}: what is read is CloudEvents ${SPEC_VERSION}`,
    );
  }
  const missing = REQUIRED.filter((name) => typeof attributes[name] !== 'string' || attributes[name] === '');
  if (missing.length > 0) {
    throw new UndecodableMessageException(`the event lacks its ${missing.join(' and ')} (CloudEvents 1.0)`);
  }
  return attributes as CloudEventAttributes;
}

/** What is wrong with the attributes of an event that is to be sent; undefined where nothing is. */
export function attributeProblem(attributes: Readonly<Record<string, unknown>>): string | undefined {
  for (const [name, value] of Object.entries(attributes)) {
    if (!NAME.test(name))
      return `the attribute ${name} has a name that is not of lower-case letters and digits`;
    if (!isAttributeValue(value)) {
      return `the attribute ${name} is ${typeof value}, allowed are strings, 32-bit integers, booleans, dates and bytes`;
    }
  }
  if (attributes['specversion'] !== SPEC_VERSION) {
    return `the event is of version ${toText(attributes['specversion'])}: what is written is CloudEvents ${SPEC_VERSION}`;
  }
  const empty = REQUIRED.find((name) => typeof attributes[name] !== 'string' || attributes[name] === '');
  return empty === undefined ? undefined : `the event lacks its ${empty}`;
}

function isAttributeValue(value: unknown): boolean {
  if (typeof value === 'number') return Number.isInteger(value) && Math.abs(value) <= 2 ** 31;
  return (
    typeof value === 'string' || typeof value === 'boolean' || isDate(value) || value instanceof Uint8Array
  );
}

/** Whether it is a date that can be told. */
export function isDate(value: unknown): value is Date {
  return isInstance(value, Date) && !Number.isNaN(value.getTime());
}

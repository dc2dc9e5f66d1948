import { type ServiceBusMessage } from 'nestjs-service-bus';

/** A message to be sent once the transaction that adds it has committed. */
export interface OutboxMessage<Payload = unknown> {
  /** The queue or topic that it is sent to. */
  readonly to: string;
  /** The name of the connection with its namespace, one of the module's `connections`. Default: the one without a name. */
  readonly connection?: string;
  /** The payload: a Buffer or Uint8Array as it is, anything else as JSON, like the transport sends results. */
  readonly payload: Payload;
  /**
   * Messages of one destination and one key leave in the order in which their transactions committed, and within one
   * transaction in the order of the calls. Default: the session's id, else the partition key. Without any of them a
   * message has no order.
   *
   * Until its transaction ends, no other one can add to the same key: it waits.
   */
  readonly orderingKey?: string;
  /** The id that duplicate detection compares, up to 128 characters. Default: a random one, kept for all tries. */
  readonly messageId?: string;
  /** The session that the message belongs to. */
  readonly sessionId?: string;
  /** The partition key, for partitioned entities without sessions. */
  readonly partitionKey?: string;
  /** The subject, which picks a handler of the binding. */
  readonly subject?: string;
  /** What the message belongs to, for its receivers. */
  readonly correlationId?: string;
  /** Where an answer is to be sent. */
  readonly replyTo?: string;
  /** The session of the answer. */
  readonly replyToSessionId?: string;
  /**
   * The content type: for a payload of bytes any one (default: `application/octet-stream`), else one of JSON (default:
   * `application/json`).
   */
  readonly contentType?: string;
  /** How the payload, which is bytes then, was compressed: `gzip`. Default: not at all. */
  readonly contentEncoding?: string;
  /**
   * How long the message is worth anything, in milliseconds from when it is added: the time in the outbox counts, and a
   * message whose time is over before it has left is refused as `TimeToLiveExpired`.
   */
  readonly timeToLiveMs?: number;
  /** Enqueues the message this many milliseconds after it is added. */
  readonly delayMs?: number;
  /** Enqueues the message at this time. Not together with `delayMs`. */
  readonly scheduledEnqueueTimeUtc?: Date;
  /** The message's own properties: strings, finite numbers, booleans, dates and null. */
  readonly applicationProperties?: Readonly<NonNullable<ServiceBusMessage['applicationProperties']>>;
}

/** A message in a form that the store keeps: what does not change between two tries to send it. */
export interface StoredMessage {
  /** The queue or topic; of a connection with a name behind that: `reports:orders`. */
  readonly destination: string;
  /** Undefined for messages without an order. */
  readonly orderingKey: string | undefined;
  /** The id that the message has at every try. */
  readonly messageId: string;
  /** What the body is. */
  readonly contentType: string;
  /** The payload, encoded. */
  readonly body: Buffer;
  /** Everything else, as a text of JSON; the store looks at none of it. */
  readonly properties: string;
}

/** What `properties` holds. */
export interface StoredProperties {
  readonly sessionId?: string;
  readonly partitionKey?: string;
  readonly subject?: string;
  readonly correlationId?: string;
  readonly replyTo?: string;
  readonly replyToSessionId?: string;
  readonly contentEncoding?: string;
  readonly timeToLiveMs?: number;
  readonly delayMs?: number;
  /** Milliseconds since 1970. */
  readonly scheduledAtMs?: number;
  readonly application?: Readonly<Record<string, StoredValue>>;
}

/** A date is `{ date: milliseconds since 1970 }`. */
export type StoredValue = string | number | boolean | null | { readonly date: number };

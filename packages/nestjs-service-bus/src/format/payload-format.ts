import { type ServiceBusMessage, type ServiceBusReceivedMessage } from '@azure/service-bus';

/** A message that is about to be sent, as far as a format may want to know it. */
export interface OutgoingMessage {
  /** What is known of it besides its payload: its id, subject, session, application properties. */
  readonly message: Readonly<Omit<ServiceBusMessage, 'body' | 'contentType'>>;
  /** What kind of message it is: the contract's `type`, else the subject, else the pattern. */
  readonly type: string;
  /** The queue or topic. */
  readonly destination: string;
  /** For a handler's result: the message that it answers. */
  readonly request: ServiceBusReceivedMessage | undefined;
}

/** What a format makes of a payload, where that is more than a body. */
export interface SerializedPayload {
  /** The body; a string is sent as UTF-8. */
  readonly body: string | Uint8Array;
  /** Default: the format's. */
  readonly contentType?: string;
  /** Added to those of the message. */
  readonly applicationProperties?: NonNullable<ServiceBusMessage['applicationProperties']>;
}

/**
 * A wire format: how payloads become bodies of messages, and bodies payloads. Options named `formats` take a list of
 * them: the first writes, and each reads the messages of its content type.
 */
export interface PayloadFormat {
  /** The content type of the messages that it writes: `avro/binary`. */
  readonly contentType: string;
  /** Says which messages it reads. Default: those of its content type, whatever the parameters behind it. */
  reads?(message: ServiceBusReceivedMessage): boolean;
  /**
   * Returns the body of a message, or a promise of it. What it throws fails the send before anything has left; a result
   * that cannot be written dead-letters the message that it answers.
   */
  serialize(
    payload: unknown,
    about: OutgoingMessage,
  ): string | Uint8Array | SerializedPayload | Promise<string | Uint8Array | SerializedPayload>;
  /**
   * Returns the payload of a message, an `OpenedEnvelope`, or a promise of either. What it throws dead-letters the
   * message as `UndecodableMessage`; a `RetryException` has it tried again, where a schema's registry is away for instance.
   */
  deserialize(body: Buffer, message: ServiceBusReceivedMessage): unknown;
}

/** A content encoding: how bodies become smaller on their way. */
export interface Compression {
  /** What the property `content-encoding` says of the messages that it has compressed: `gzip`. */
  readonly contentEncoding: string;
  /** Returns the smaller body, a promise of it, or undefined for one that is not worth it. */
  compress(body: Buffer): Buffer | undefined | Promise<Buffer | undefined>;
  /** Returns the body as it was, or a promise of it. What it throws dead-letters the message as `UndecodableMessage`. */
  decompress(body: Buffer): Buffer | Promise<Buffer>;
}

/** Options that say what messages look like on their way. */
export interface WireOptions {
  /**
   * The first writes payloads; each reads the messages of its content type. What none of them reads is read as ever: JSON,
   * text and XML, other bytes as a Buffer, AMQP's values as they are. Default: JSON, and bytes as they are.
   */
  readonly formats?: readonly PayloadFormat[];
  /** Compresses bodies, and decompresses those of its content encoding. Default: encoded bodies stay Buffers. */
  readonly compression?: Compression | false;
}

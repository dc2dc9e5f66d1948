import { type JsonSchema } from './json-schema.js';

/** A reference into the same document. */
export interface Reference {
  readonly $ref: string;
}

/** A queue, topic or subscription, with the messages that go through it. */
export interface AsyncApiChannel {
  /** Null where calls, or the message's `replyTo`, name it. */
  readonly address: string | null;
  readonly description?: string;
  readonly messages: Readonly<Record<string, Reference>>;
  /** Whether its messages need a session. */
  readonly 'x-requires-session'?: boolean;
  /** The name of the connection with its namespace, where that has one. */
  readonly 'x-connection'?: string;
}

/** Somebody who sends or receives. */
export interface AsyncApiOperation {
  readonly action: 'send' | 'receive';
  readonly channel: Reference;
  readonly messages: readonly Reference[];
  readonly reply?: {
    readonly address: { readonly location: string; readonly description: string };
    readonly channel: Reference;
    readonly messages: readonly Reference[];
  };
}

/** A kind of message. */
export interface AsyncApiMessage {
  readonly name: string;
  readonly contentType: string;
  readonly description?: string;
  readonly headers?: JsonSchema;
  readonly payload?: JsonSchema;
  readonly correlationId?: { readonly location: string };
}

/** An AsyncAPI 3.0 document, as far as this package writes it. */
export interface AsyncApiDocument {
  readonly asyncapi: '3.0.0';
  readonly info: { readonly title: string; readonly version: string; readonly description?: string };
  readonly defaultContentType: 'application/json';
  readonly channels: Readonly<Record<string, AsyncApiChannel>>;
  readonly operations: Readonly<Record<string, AsyncApiOperation>>;
  readonly components: {
    readonly messages: Readonly<Record<string, AsyncApiMessage>>;
    readonly schemas: Readonly<Record<string, JsonSchema>>;
  };
}

/** What a document says of its application. */
export interface AsyncApiInfo {
  /** Default: `Messages`. */
  readonly title?: string;
  /** The version of the application. Default: `0.0.0`. */
  readonly version?: string;
  readonly description?: string;
}

/** Under this token `AsyncApiModule.forRoot` leaves what it was given, for those who describe the application elsewhere. */
export const ASYNC_API_INFO = Symbol('AsyncApiInfo');

import rhea from 'rhea';

/** A message as rhea decodes it. */
export interface RheaMessage {
  readonly durable?: boolean;
  readonly priority?: number;
  readonly ttl?: number;
  readonly first_acquirer?: boolean;
  readonly delivery_count?: number;
  readonly delivery_annotations?: Record<string, unknown>;
  readonly message_annotations?: Record<string, unknown>;
  readonly message_id?: string | number | Buffer;
  readonly to?: string;
  readonly subject?: string;
  readonly reply_to?: string;
  readonly correlation_id?: string | number | Buffer;
  readonly content_type?: string;
  readonly content_encoding?: string;
  readonly absolute_expiry_time?: Date;
  readonly creation_time?: Date;
  readonly group_id?: string;
  readonly group_sequence?: number;
  readonly reply_to_group_id?: string;
  readonly application_properties?: Record<string, unknown>;
  readonly footer?: Record<string, unknown>;
}

/** The broker's answer to a settlement. */
export interface RemoteState {
  readonly error?: { readonly condition?: string; readonly description?: string };
}

/** [AMQP 3.4] Makes an outcome; `described` is the form in which it is sent. */
type MakeOutcome = (fields?: object) => { described(): unknown };

/** The part of rhea's messages and outcomes that its types do not show. */
export const rheaMessage = rhea.message as unknown as {
  readonly decode: (bytes: Buffer) => RheaMessage;
  readonly accepted: MakeOutcome;
  readonly released: MakeOutcome;
  readonly rejected: MakeOutcome;
  readonly modified: MakeOutcome;
  readonly unwrap_outcome: (state: unknown) => RemoteState | undefined;
};

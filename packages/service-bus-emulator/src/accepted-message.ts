import { applicationPropertiesOf, decodeBody } from './amqp/decode-body.js';
import { type MessageContent } from './model/queue/message-content.js';
import { type PropertyValue } from '@nestjs-service-bus/rule-filter';

/** A message that a client has sent, as the emulator has accepted it. */
export interface AcceptedMessage {
  /** The queue or topic that it was sent to, as the entity is called. */
  readonly entity: string;
  /** As the sender gave it; where it gave none, the emulator's. */
  readonly messageId: string;
  /** Undefined for a message without a session. */
  readonly sessionId: string | undefined;
  /** As the sender gave it; null if it gave none. */
  readonly correlationId: PropertyValue;
  /** The label of older SDKs; null if the sender gave none. */
  readonly subject: PropertyValue;
  /** The MIME type of the body; null if the sender gave none. */
  readonly contentType: PropertyValue;
  /** The body as the JavaScript SDK returns it: JSON is parsed, other bytes are a Buffer. */
  readonly body: unknown;
  /** The properties that the sender has added. */
  readonly applicationProperties: Readonly<Record<string, unknown>>;
  /** When it becomes active, where the sender asked for a time. */
  readonly scheduledFor: Date | undefined;
}

/** What is told of a message: its bytes are decoded only if somebody looks. */
export function acceptedMessage(entity: string, content: MessageContent): AcceptedMessage {
  const { messageId, sessionId, scheduledEnqueueTimeMs } = content;
  return {
    entity,
    messageId,
    sessionId,
    correlationId: content.systemProperty('CorrelationId'),
    subject: content.systemProperty('Label'),
    contentType: content.systemProperty('ContentType'),
    get body() {
      return decodeBody(content);
    },
    get applicationProperties() {
      return applicationPropertiesOf(content);
    },
    scheduledFor: scheduledEnqueueTimeMs === undefined ? undefined : new Date(scheduledEnqueueTimeMs),
  };
}

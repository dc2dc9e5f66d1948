import { type ServiceBusReceivedMessage } from '@azure/service-bus';

import { LAST_EXPIRY_MS } from './lifetime.js';
import { rheaMessage, type RheaMessage } from './rhea-message.js';

type Annotated = ServiceBusReceivedMessage['_rawAmqpMessage'];

/**
 * The message as it arrived, section by section, for the few who look at it: rhea decodes it at the first access. Its
 * values are those that the SDK makes of the same bytes.
 */
export class RawMessage implements Annotated {
  readonly bodyType = 'data';
  private decoded?: RheaMessage;

  constructor(
    private readonly bytes: Buffer,
    readonly body: Buffer,
  ) {}

  get header(): Annotated['header'] {
    const { message } = this;
    return withoutGaps({
      deliveryCount: message.delivery_count,
      durable: message.durable,
      firstAcquirer: message.first_acquirer,
      priority: message.priority,
      timeToLive: lifetimeOf(message) ?? message.ttl,
    });
  }

  get properties(): Annotated['properties'] {
    const { message } = this;
    return withoutGaps({
      absoluteExpiryTime:
        message.absolute_expiry_time && Math.min(message.absolute_expiry_time.getTime(), LAST_EXPIRY_MS),
      contentEncoding: message.content_encoding,
      contentType: message.content_type,
      correlationId: message.correlation_id,
      creationTime: message.creation_time?.getTime(),
      groupId: message.group_id,
      groupSequence: message.group_sequence,
      messageId: message.message_id,
      replyTo: message.reply_to,
      replyToGroupId: message.reply_to_group_id,
      subject: message.subject,
      to: message.to,
    });
  }

  get messageAnnotations(): Annotated['messageAnnotations'] {
    return this.message.message_annotations;
  }

  get deliveryAnnotations(): Annotated['deliveryAnnotations'] {
    return this.message.delivery_annotations;
  }

  get applicationProperties(): Annotated['applicationProperties'] {
    return this.message.application_properties;
  }

  get footer(): Annotated['footer'] {
    return this.message.footer;
  }

  private get message(): RheaMessage {
    return (this.decoded ??= rheaMessage.decode(this.bytes));
  }
}

function lifetimeOf({ absolute_expiry_time: end, creation_time: start }: RheaMessage): number | undefined {
  return end && start ? Math.min(end.getTime(), LAST_EXPIRY_MS) - start.getTime() : undefined;
}

function withoutGaps<T extends object>(fields: T): T {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as T;
}

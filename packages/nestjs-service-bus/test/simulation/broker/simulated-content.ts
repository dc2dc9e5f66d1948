import { type MessageContent } from '../../../../service-bus-emulator/src/model/queue/message-content.js';
import { type PropertyChanges, type PropertyValue } from '@nestjs-service-bus/rule-filter';

/** The parts of a message that its sender sets. */
export interface ContentFields {
  readonly body: string;
  readonly messageId: string;
  readonly contentType?: string | undefined;
  readonly correlationId?: string | undefined;
  readonly sessionId?: string | undefined;
  readonly scheduledEnqueueTimeMs?: number | undefined;
  readonly application: Readonly<Record<string, PropertyValue>>;
}

/** A message as the simulated broker stores it: its body is text, and nothing is encoded. */
export class SimulatedContent implements MessageContent {
  readonly headerSize = 0;
  readonly largestPropertySize = 0;
  readonly partitionKey = undefined;
  readonly timeToLiveMs = undefined;

  constructor(readonly fields: ContentFields) {}

  get size(): number {
    return this.fields.body.length;
  }

  get messageId(): string {
    return this.fields.messageId;
  }

  get sessionId(): string | undefined {
    return this.fields.sessionId;
  }

  get scheduledEnqueueTimeMs(): number | undefined {
    return this.fields.scheduledEnqueueTimeMs;
  }

  systemProperty(): PropertyValue {
    return null;
  }

  applicationProperty(name: string): PropertyValue {
    return this.fields.application[name] ?? null;
  }

  withProperties({ application }: PropertyChanges): SimulatedContent {
    if (!application) return this;
    const changed = { ...this.fields.application, ...Object.fromEntries(application) };
    return new SimulatedContent({ ...this.fields, application: changed });
  }
}

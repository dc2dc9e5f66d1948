import {
  type PropertyChanges,
  type PropertyValue,
  type SystemProperty,
} from '@nestjs-service-bus/rule-filter';

import { type MessageContent } from '../../../src/model/queue/message-content.js';

type Fields = Partial<
  Pick<
    MessageContent,
    | 'size'
    | 'headerSize'
    | 'largestPropertySize'
    | 'messageId'
    | 'sessionId'
    | 'partitionKey'
    | 'timeToLiveMs'
    | 'scheduledEnqueueTimeMs'
  >
> & {
  application?: Record<string, PropertyValue>;
  system?: Partial<Record<SystemProperty, PropertyValue>>;
};

/** A message without bytes: what a test says of it, with `size` 100 unless told. */
export class TestContent implements MessageContent {
  readonly size: number;
  readonly headerSize: number;
  readonly largestPropertySize: number;
  readonly messageId: string;
  readonly sessionId: string | undefined;
  readonly partitionKey: string | undefined;
  readonly timeToLiveMs: number | undefined;
  readonly scheduledEnqueueTimeMs: number | undefined;
  readonly #application: ReadonlyMap<string, PropertyValue>;
  readonly #system: ReadonlyMap<SystemProperty, PropertyValue>;
  readonly #fields: Fields;

  constructor(fields: Fields = {}) {
    this.#fields = fields;
    this.size = fields.size ?? 100;
    this.headerSize = fields.headerSize ?? 0;
    this.largestPropertySize = fields.largestPropertySize ?? 0;
    this.messageId = fields.messageId ?? '';
    this.sessionId = fields.sessionId;
    this.partitionKey = fields.partitionKey;
    this.timeToLiveMs = fields.timeToLiveMs;
    this.scheduledEnqueueTimeMs = fields.scheduledEnqueueTimeMs;
    this.#application = new Map(
      Object.entries(fields.application ?? {}).map(([name, value]) => [name.toLowerCase(), value]),
    );
    this.#system = new Map(Object.entries(fields.system ?? {}) as [SystemProperty, PropertyValue][]);
  }

  systemProperty(name: SystemProperty): PropertyValue {
    if (name === 'MessageId') return this.messageId;
    if (name === 'SessionId') return this.sessionId ?? null;
    return this.#system.get(name) ?? null;
  }

  applicationProperty(name: string): PropertyValue {
    return this.#application.get(name.toLowerCase()) ?? null;
  }

  /** Grows by a byte for each change, so that a test sees whether sizes are kept up. */
  withProperties({ application = new Map(), system = new Map() }: PropertyChanges): TestContent {
    const sessionId: unknown = system.get('SessionId');
    return new TestContent({
      ...this.#fields,
      size: this.size + application.size + system.size,
      ...(typeof sessionId === 'string' && { sessionId }),
      application: { ...this.#fields.application, ...Object.fromEntries(application) },
      system: { ...this.#fields.system, ...Object.fromEntries(system) },
    });
  }
}

/** A message whose properties cannot be read or written, as broken bytes make it. */
export class BrokenContent extends TestContent {
  override applicationProperty(): PropertyValue {
    throw new Error('The properties cannot be read.');
  }

  override withProperties(): TestContent {
    throw new Error('The properties cannot be written.');
  }
}

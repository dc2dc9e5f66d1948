import { type ServiceBusMessage, type ServiceBusReceivedMessage } from '@azure/service-bus';
import { describe, expect, it } from '@jest/globals';

import { until } from '../../../test/support/until.js';
import { InjectSender, type ServiceBusContext, ServiceBusModule, getSenderToken } from '../src/index.js';
import { serviceBusScene } from './support/service-bus-scene.js';
import { fastLane } from './support/start-service-bus-app.js';

const BIG = 'ü'.repeat(100_000);

/** Messages of every kind: the handler has to get each as the SDK would deliver it. */
const MESSAGES: ServiceBusMessage[] = [
  { body: { plain: true } },
  {
    body: { all: true },
    messageId: 'id-1',
    correlationId: 'correlation',
    contentType: 'application/json',
    subject: 'subject',
    to: 'to',
    replyToSessionId: 'reply-session',
    partitionKey: 'key',
    timeToLive: 3_600_000,
    applicationProperties: {
      text: 'ü€😀',
      long: 'x'.repeat(300),
      yes: true,
      no: false,
      none: null as unknown as string,
      zero: 0,
      small: -1,
      large: 2 ** 40,
      fraction: 0.1,
      time: new Date('2026-01-02T03:04:05.678Z'),
    },
  },
  { body: { sized: 'over several frames', BIG }, messageId: 'big' },
  { body: { numbered: true }, messageId: 7, correlationId: 300 },
  { body: { bytes: 'as an id' }, messageId: Buffer.alloc(16, 7) },
  {
    body: { bytes: 'as a property' },
    applicationProperties: { bytes: Buffer.from('x') as unknown as string },
  },
  { body: Buffer.from([0, 1, 255]), contentType: 'application/octet-stream' },
  { body: '' },
];

/** Everything in a message, except what differs between its copies. */
function contentOf(message: ServiceBusReceivedMessage): object {
  expect(message.lockToken).toMatch(/^[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}$/);
  const { header, properties, applicationProperties, bodyType, messageAnnotations } = message._rawAmqpMessage;
  const annotations = { ...messageAnnotations, 'x-opt-locked-until': undefined };
  return {
    ...message,
    // The handler's body is decoded, and each copy has its own lock.
    body: undefined,
    lockToken: undefined,
    delivery: undefined,
    sequenceNumber: message.sequenceNumber?.toString(),
    lockedUntilUtc: Math.round((Number(message.lockedUntilUtc) - Date.now()) / 10_000),
    _rawAmqpMessage: { header, properties, applicationProperties, bodyType, annotations },
  };
}

describe('a message in a handler’s hands', () => {
  const scene = serviceBusScene({
    entities: {
      topics: [{ name: 'news', subscriptions: [{ name: 'ours' }, { name: 'sdk' }] }],
      queues: ['sent-by-us', 'sent-by-sdk'],
    },
  });

  async function receiveByHandler(
    count: number,
    send: () => Promise<void>,
  ): Promise<ServiceBusReceivedMessage[]> {
    const received: ServiceBusReceivedMessage[] = [];
    const handler = (_payload: unknown, context: ServiceBusContext): void =>
      void received.push(context.message);
    await scene.startWork(handler, { topic: 'news', subscription: 'ours' });
    await send();
    await until(() => received.length === count);
    return received;
  }

  async function receiveBySdk(count: number): Promise<ServiceBusReceivedMessage[]> {
    const options = { skipParsingBodyAsJson: true, skipConvertingDate: true } as const;
    const receiver = scene.client.createReceiver('news', 'sdk', options);
    const received: ServiceBusReceivedMessage[] = [];
    while (received.length < count) received.push(...(await receiver.receiveMessages(count)));
    return received;
  }

  it('equals the SDK’s message, whatever it carries', async () => {
    const ours = await receiveByHandler(MESSAGES.length, () => scene.send('news', ...MESSAGES));
    const theirs = await receiveBySdk(MESSAGES.length);
    for (const [index, message] of theirs.entries()) {
      expect(contentOf(ours[index] as ServiceBusReceivedMessage)).toEqual(contentOf(message));
    }
    // Only rare messages take the SDK's path. Otherwise another SDK version would have slowed us down unnoticed.
    const isRare = ours.map((message) => message.constructor.name !== 'ReceivedMessage');
    expect(isRare).toEqual(MESSAGES.map(({ messageId }) => !fastLane || Buffer.isBuffer(messageId)));
  });

  it('has the body that AMQP itself types', async () => {
    const payloads: unknown[] = [];
    await scene.startWork((payload) => void payloads.push(payload), { topic: 'news', subscription: 'ours' });
    await scene.client.createSender('news').sendMessages([
      { body: 'value', bodyType: 'value' },
      { body: [1, 2], bodyType: 'sequence' },
      { body: { and: 'data' }, bodyType: 'data' },
    ]);
    await until(() => payloads.length === 3);
    expect(payloads).toEqual(['value', [1, 2], { and: 'data' }]);
  });

  it.each([1, 2, 3, 7])(
    'keeps arriving with %i at once: the broker gets its credit back',
    async (maxConcurrentCalls) => {
      let count = 0;
      await scene.startWork(() => void count++, { topic: 'news', subscription: 'ours', maxConcurrentCalls });
      await scene.send('news', ...Array.from({ length: 50 }, (_, body) => ({ body })));
      await until(() => count === 50);
    },
  );

  it('is sent by an injected sender as the SDK would send it', async () => {
    class Unused {
      constructor(@InjectSender('sent-by-us') readonly sender: unknown) {}
    }
    const app = await scene.startApp({
      imports: [ServiceBusModule.forFeature({ senders: ['sent-by-us'] })],
      providers: [Unused],
    });
    const sender = app.app.get<{ sendMessages(message: ServiceBusMessage): Promise<void> }>(
      getSenderToken('sent-by-us'),
      { strict: false },
    );
    // Sent concurrently, so that they travel as one batch.
    const named = MESSAGES.map((message, index) => ({ messageId: `m-${index}`, ...message }));
    await Promise.all(named.map((message) => sender.sendMessages(message)));
    await scene.send('sent-by-sdk', ...named);
    const [ours, theirs] = [await scene.takeAll('sent-by-us'), await scene.takeAll('sent-by-sdk')];
    expect(ours).toHaveLength(MESSAGES.length);
    const sent = (message: ServiceBusReceivedMessage): object => ({
      ...message,
      _rawAmqpMessage: undefined,
      delivery: undefined,
      lockToken: undefined,
      sequenceNumber: undefined,
      enqueuedTimeUtc: undefined,
      expiresAtUtc: undefined,
    });
    expect(ours.map(sent)).toEqual(theirs.map(sent));
  });
});

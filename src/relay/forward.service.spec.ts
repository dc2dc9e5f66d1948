import { describe, expect, it, jest } from '@jest/globals';
import Long from 'long';

import { type ServiceBusContext } from 'nestjs-service-bus';
import { ForwardService } from './forward.service.js';
import { type ReceivedMessage } from './received-message.js';

describe('ForwardService', () => {
  async function forwarded(properties: Partial<ReceivedMessage>): Promise<unknown> {
    const sendMessages = jest.fn<(message: object) => Promise<void>>().mockResolvedValue();
    const bytes = Buffer.from('{"a": 1.0}');
    const _rawAmqpMessage = { body: { typecode: 117, content: bytes }, bodyType: 'data' as const };
    const message: ReceivedMessage = { body: { a: 1 }, _rawAmqpMessage, state: 'active', ...properties };
    const context = { message, pattern: 'relay', entityPath: 'relay-in' } as unknown as ServiceBusContext;
    await new ForwardService({ sendMessages }).forward(context);
    return sendMessages.mock.calls[0]?.[0];
  }

  it('keeps the bytes of the body and all properties, but for the id', async () => {
    expect(
      await forwarded({ messageId: 'm1', subject: 'greeting', scheduledEnqueueTimeUtc: new Date() }),
    ).toMatchObject({
      body: Buffer.from('{"a": 1.0}'),
      messageId: 'm1:relay',
      correlationId: 'm1',
      subject: 'greeting',
      scheduledEnqueueTimeUtc: undefined,
    });
  });

  it('keeps a correlation id', async () => {
    expect(await forwarded({ messageId: 'm1', correlationId: 'c1' })).toMatchObject({ correlationId: 'c1' });
  });

  it('gives redeliveries of one message the same id, however long it is, and without one', async () => {
    const long = { messageId: 'm'.repeat(128) };
    const [first, second] = [await forwarded(long), await forwarded(long)];
    expect(first).toEqual(second);
    expect(first).toMatchObject({ messageId: expect.stringMatching(/^[0-9a-f]{64}$/) as unknown });
    expect(await forwarded({ sequenceNumber: Long.fromNumber(7) })).toMatchObject({
      messageId: 'relay-in#7:relay',
    });
  });
});

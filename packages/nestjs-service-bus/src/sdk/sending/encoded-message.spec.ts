import { type ServiceBusMessage, type ServiceBusMessageBatch } from '@azure/service-bus';
import { describe, expect, it } from '@jest/globals';
import rhea from 'rhea';

import { encodeAlone } from '../fast-lane/encode-alone.js';
import { CONTENT_ENCODING, forSdk, takingEncoded } from './encoded-message.js';

const FULL = {
  body: Buffer.from('bytes'),
  [CONTENT_ENCODING]: 'gzip',
  contentType: 'application/json',
  messageId: 'id',
  correlationId: 'correlation',
  sessionId: 'session',
  replyTo: 'replies',
  replyToSessionId: 'reply session',
  subject: 'subject',
  to: 'to',
  timeToLive: 60_000,
  scheduledEnqueueTimeUtc: new Date(1_893_456_000_000),
  applicationProperties: { one: 1 },
};

describe('a message with a content encoding', () => {
  it('has it on the fast lane', () => {
    const short = { body: Buffer.from('bytes'), [CONTENT_ENCODING]: 'gzip' };
    for (const message of [FULL, short]) {
      const bytes = encodeAlone(message);
      expect(bytes && rhea.message.decode(bytes)).toMatchObject({ content_encoding: 'gzip' });
    }
    expect(rhea.message.decode(encodeAlone(FULL) ?? Buffer.alloc(0))).toMatchObject({
      content_type: 'application/json',
      message_id: 'id',
      group_id: 'session',
      reply_to_group_id: 'reply session',
      ttl: 60_000,
    });
  });

  it('is in AMQP’s own form for the SDK, with all that it has', () => {
    expect(forSdk(FULL)).toMatchObject({
      body: FULL.body,
      bodyType: 'data',
      header: { timeToLive: 60_000 },
      properties: {
        contentEncoding: 'gzip',
        contentType: 'application/json',
        messageId: 'id',
        correlationId: 'correlation',
        groupId: 'session',
        replyTo: 'replies',
        replyToGroupId: 'reply session',
        subject: 'subject',
        to: 'to',
      },
      messageAnnotations: { 'x-opt-scheduled-enqueue-time': FULL.scheduledEnqueueTimeUtc },
      applicationProperties: { one: 1 },
    });
    const added: unknown[] = [];
    const batch = {
      tryAddMessage: (message: unknown) => added.push(message),
    } as unknown as ServiceBusMessageBatch;
    takingEncoded(batch).tryAddMessage(FULL);
    expect(added).toEqual([expect.objectContaining({ bodyType: 'data' })]);
  });

  it('is the only one that changes its form', () => {
    for (const message of [{ body: 1 }, [{ body: 1 }], undefined]) {
      expect(forSdk<unknown>(message)).toBe(message);
    }
    const received = { body: 1, contentEncoding: 'gzip' } as ServiceBusMessage;
    expect(forSdk(received)).toBe(received);
  });
});

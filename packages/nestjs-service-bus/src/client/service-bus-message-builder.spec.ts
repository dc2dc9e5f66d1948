import { describe, expect, it } from '@jest/globals';

import { buildMessage } from './build-message.js';
import { ServiceBusMessageBuilder } from './service-bus-message-builder.js';
import { ServiceBusRecord } from './service-bus-record.js';

describe('ServiceBusMessageBuilder', () => {
  it('sets its options on the message', () => {
    const record = new ServiceBusMessageBuilder({ id: 7 })
      .setSessionId('s')
      .setTimeToLiveMs(5_000)
      .setProperties({ a: 1, b: 1 })
      .setProperties({ b: 2 })
      .setMessageId('m')
      .setSubject('created')
      .setCorrelationId('c')
      .setScheduledEnqueueTimeUtc(new Date(5))
      .build();
    expect(buildMessage({ pattern: 'p', data: record }, 'of the pattern')).toEqual({
      body: { id: 7 },
      contentType: 'application/json',
      sessionId: 's',
      timeToLive: 5_000,
      applicationProperties: { a: 1, b: 2 },
      messageId: 'm',
      subject: 'created',
      correlationId: 'c',
      scheduledEnqueueTimeUtc: new Date(5),
    });
  });

  it('counts a delay from when the message is sent; of delay and time, the one set last wins', () => {
    const builder = new ServiceBusMessageBuilder(1)
      .setScheduledEnqueueTimeUtc(new Date(5))
      .setDelayMs(60_000);
    const beforeMs = Date.now();
    const message = buildMessage({ pattern: 'p', data: builder.build() }, undefined);
    const atMs = message.scheduledEnqueueTimeUtc?.getTime() ?? 0;
    expect(atMs).toBeGreaterThanOrEqual(beforeMs + 60_000);
    expect(atMs).toBeLessThanOrEqual(Date.now() + 60_000);
    expect(message).not.toHaveProperty('delayMs');
    builder.setScheduledEnqueueTimeUtc(new Date(7));
    expect(buildMessage({ pattern: 'p', data: builder.build() }, undefined).scheduledEnqueueTimeUtc).toEqual(
      new Date(7),
    );
  });

  it('does not change records that it has built', () => {
    const builder = new ServiceBusMessageBuilder(1).setProperties({ a: 1 });
    const first = builder.build();
    builder.setProperties({ b: 2 }).setSessionId('s');
    expect(first.options).toEqual({ applicationProperties: { a: 1 } });
  });

  it('can be passed to the client unbuilt, and is optional', () => {
    const built = buildMessage(
      { pattern: 'p', data: new ServiceBusMessageBuilder('x').setSubject('s') },
      'p',
    );
    expect(built).toMatchObject({ body: 'x', subject: 's' });
    const plain = buildMessage({ pattern: 'p', data: Buffer.from('x'), metadata: { tenant: 't' } }, 'p');
    expect(plain).toMatchObject({
      body: Buffer.from('x'),
      contentType: 'application/octet-stream',
      subject: 'p',
      applicationProperties: { tenant: 't' },
    });
    expect(plain.messageId).toMatch(/^[0-9a-f-]{36}$/);
  });

  it('refuses invalid times', () => {
    const builder = new ServiceBusMessageBuilder(1);
    expect(() => builder.setDelayMs(-1)).toThrow('delayMs is -1, allowed is a number from 0');
    expect(() => builder.setTimeToLiveMs(Number.NaN)).toThrow(RangeError);
    expect(() => builder.setScheduledEnqueueTimeUtc(new Date('never'))).toThrow(RangeError);
  });

  it('and a record made by hand refuse durations that are none', () => {
    for (const options of [{ delayMs: NaN }, { delayMs: -1 }, { timeToLive: 0 }]) {
      expect(() => new ServiceBusRecord(1, options)).toThrow(RangeError);
    }
    expect(() => new ServiceBusRecord(1, { scheduledEnqueueTimeUtc: new Date(NaN) })).toThrow(RangeError);
  });
});

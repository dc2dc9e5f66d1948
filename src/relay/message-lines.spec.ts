import { describe, expect, it } from '@jest/globals';

import { MessageLines } from './message-lines.js';
import { type ReceivedMessage } from './received-message.js';

describe('MessageLines', () => {
  const told: unknown[] = [];
  const lines = (showsBodies: boolean): MessageLines =>
    new MessageLines({
      inQueue: 'in',
      outQueue: 'out',
      log: { showsBodies, write: (line, fields) => told.push([line, fields]) },
    });
  const message = (body: unknown): ReceivedMessage => ({
    body,
    messageId: 'm',
    correlationId: 'c',
    state: 'active',
    _rawAmqpMessage: { body, bodyType: Buffer.isBuffer(body) ? 'data' : 'value' },
  });

  it('shows bodies cut, bytes that are no text by their size, and values of AMQP not at all', () => {
    lines(true).sent('in', 'm', 'y'.repeat(200));
    lines(true).sent('in', 'm', 'y'.repeat(201));
    lines(true).received('out', message(Buffer.from('text')));
    lines(true).received('out', message(Buffer.from('"a \\"text\\""')));
    lines(true).received('out', message(Buffer.from('"no JSON')));
    lines(true).received('out', message(Buffer.from([0xff])));
    lines(true).received('out', message(5));
    lines(false).received('out', message(Buffer.from('text')));
    const fields = { queue: 'out', messageId: 'm', correlationId: 'c' };
    expect(told).toEqual([
      [`SEND in: ${'y'.repeat(200)}`, { queue: 'in', messageId: 'm', correlationId: undefined }],
      [`SEND in: ${'y'.repeat(200)}… (201 characters)`, expect.anything()],
      ['RECEIVED out: text', fields],
      ['RECEIVED out: a "text"', fields],
      ['RECEIVED out: "no JSON', fields],
      ['RECEIVED out: (1 bytes)', fields],
      ['RECEIVED out: (a value of AMQP)', fields],
      ['RECEIVED out: (4 bytes)', fields],
    ]);
  });

  it('does nothing where nobody listens', () => {
    expect(() => new MessageLines({ inQueue: 'in', outQueue: 'out' }).sent('in', 'm', 'x')).not.toThrow();
  });
});

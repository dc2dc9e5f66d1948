import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { BadRequestException } from '@nestjs/common';

import { BrokerTimeoutError } from './broker-timeout.js';
import { type MessageLines } from './message-lines.js';
import { SendService } from './send.service.js';

describe('SendService', () => {
  beforeEach(() => void jest.useFakeTimers());
  afterEach(() => void jest.useRealTimers());

  const sendMessages = jest.fn<(message: { body: unknown; messageId?: string }) => Promise<void>>();
  const lines = { sent: jest.fn() };
  const service = new SendService(
    { sendMessages },
    { inQueue: 'in', outQueue: 'out' },
    lines as unknown as MessageLines,
  );
  beforeEach(() => void sendMessages.mockReset().mockResolvedValue());

  it('sends text, with an id of its own', async () => {
    const id = await service.send(Buffer.from('grüße'), { contentType: 'text/plain', subject: 'greeting' });
    expect(sendMessages.mock.calls).toEqual([
      [{ body: 'grüße', messageId: id, contentType: 'text/plain', subject: 'greeting' }],
    ]);
    expect(jest.getTimerCount()).toBe(0);
  });

  it('keeps the id that it is given', async () => {
    expect(await service.send(Buffer.from(''), { messageId: 'm1' })).toBe('m1');
  });

  it('sends application/octet-stream as bytes', async () => {
    const bytes = Buffer.from([0xff]);
    await service.send(bytes, { contentType: 'Application/Octet-Stream; x=y' });
    expect(sendMessages.mock.calls[0]?.[0].body).toBe(bytes);
  });

  it('refuses other bytes that are no text, and sends nothing', async () => {
    await expect(service.send(Buffer.from([0xff]), {})).rejects.toThrow(BadRequestException);
    expect(sendMessages).not.toHaveBeenCalled();
  });

  it('waits no longer than 5 s for the broker, whatever comes of it later', async () => {
    let fail: (error: Error) => void = () => undefined;
    sendMessages.mockReturnValue(new Promise((_resolve, reject) => (fail = reject)));
    const refusal = expect(service.send(Buffer.from('x'), {})).rejects.toThrow(BrokerTimeoutError);
    await jest.advanceTimersByTimeAsync(5_000);
    await refusal;
    fail(new Error('nobody is interested any more'));
  });
});

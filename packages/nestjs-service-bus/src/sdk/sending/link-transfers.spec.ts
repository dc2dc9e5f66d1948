import { describe, expect, it } from '@jest/globals';

import { type RheaSender, type SendAnswer, type SentMessage } from '../fast-lane/rhea-sender.js';
import { LinkTransfers } from './link-transfers.js';

/** A link that takes everything, and answers when it is told to. */
class Link {
  readonly sent: SentMessage[] = [];
  readonly connection = { _register: () => undefined, _process: () => undefined };
  private readonly listeners = new Map<string, (context: { delivery: SentMessage }) => void>();

  is_open = (): boolean => true;
  sendable = (): boolean => this.sent.length < 3;

  on(event: string, listener: (context: { delivery: SentMessage }) => void): void {
    this.listeners.set(event, listener);
  }

  send(): SentMessage {
    const sent: SentMessage = {};
    this.sent.push(sent);
    return sent;
  }

  answer(index: number, event: SendAnswer, error?: object): void {
    const delivery = Object.assign(this.sent[index] as object, { remote_state: { error } });
    this.listeners.get(event)?.({ delivery });
  }
}

function open(): { link: Link; transfers: LinkTransfers } {
  const link = new Link();
  return { link, transfers: new LinkTransfers(link as unknown as RheaSender) };
}

describe('LinkTransfers', () => {
  it('settle each with its own answer, in whatever order these come', async () => {
    const { link, transfers } = open();
    const sends = [0, 1, 2].map(() => transfers.send(Buffer.of(1), 0));
    expect([transfers.size, transfers.isReady]).toEqual([3, false]);
    link.answer(2, 'accepted');
    link.answer(1, 'rejected', { condition: 'com.microsoft:server-busy', description: 'slowly' });
    link.answer(0, 'modified');
    link.answer(0, 'released');
    const ends = await Promise.allSettled(sends);
    expect(ends).toEqual([
      { status: 'rejected', reason: expect.objectContaining({ code: 'GeneralError', retryable: true }) },
      { status: 'rejected', reason: expect.objectContaining({ code: 'ServiceBusy', message: 'slowly' }) },
      { status: 'fulfilled', value: undefined },
    ]);
    expect(transfers.size).toBe(0);
  });

  it('end when the link is lost, or when no answer comes in time', async () => {
    const { link, transfers } = open();
    const late = transfers.send(Buffer.of(1), 0);
    transfers.expire(60_000);
    expect(transfers.size).toBe(1);
    transfers.expire(-1);
    await expect(late).rejects.toMatchObject({ code: 'ServiceTimeout' });
    const lost = transfers.send(Buffer.of(1), 0);
    transfers.lose();
    await expect(lost).rejects.toThrow('the link was lost');
    // An answer that comes too late is nobody's.
    link.answer(0, 'accepted');
    expect(transfers.size).toBe(0);
  });
});

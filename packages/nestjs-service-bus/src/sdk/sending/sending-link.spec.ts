import { type OperationOptionsBase, type ServiceBusSender } from '@azure/service-bus';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';

import { until } from '../../../../../test/support/until.js';
import { SendingLink } from './sending-link.js';

/** A sender as the SDK keeps it, whose transfers nobody answers. */
class SilentSender {
  readonly isClosed = false;
  _context = { connection: {} };
  _sender: { link?: object } = {};
  transfers = 0;

  sendMessages(_messages: unknown, { abortSignal }: OperationOptionsBase): Promise<void> {
    this.transfers++;
    return new Promise((_resolve, reject) => {
      abortSignal?.addEventListener('abort', () => reject(new Error('aborted')));
    });
  }
}

describe('a transfer that has become pointless', () => {
  const begin = (
    sender: SilentSender,
  ): { sending: { isInterrupted: boolean }; end: () => Promise<string> } => {
    const sending = { isInterrupted: false };
    const link = new SendingLink(sender as unknown as ServiceBusSender);
    const transfer = link.transfer({ body: 1 }, undefined, sending);
    const ended = transfer.then(
      () => 'sent',
      (error: Error) => error.name,
    );
    return { sending, end: () => ended };
  };

  it('is withdrawn while it waits for a link', async () => {
    const { sending, end } = begin(new SilentSender());
    sending.isInterrupted = true;
    expect(await end()).toBe('InterruptedSendError');
  });

  it('is not sent again when the link is lost on which it left', async () => {
    const sender = new SilentSender();
    sender._sender = { link: {} };
    const { sending, end } = begin(sender);
    sending.isInterrupted = true;
    sender._sender = {};
    expect(await end()).toBe('InterruptedSendError');
    expect(sender.transfers).toBe(1);
  });
});

describe('a transfer that began before its link was open', () => {
  let end: AbortController;
  beforeEach(() => {
    end = new AbortController();
  });
  afterEach(() => end.abort());

  const begin = (): SilentSender => {
    const sender = new SilentSender();
    const link = new SendingLink(sender as unknown as ServiceBusSender);
    link.transfer({ body: 1 }, { abortSignal: end.signal }).catch(() => undefined);
    return sender;
  };

  it('is sent again when that link and its connection are gone, before anybody has seen them', async () => {
    const sender = begin();
    sender._sender = { link: {} };
    sender._context = { connection: {} };
    await until(() => sender.transfers === 2);
  });

  it('is sent again when the link that it got is replaced', async () => {
    const sender = begin();
    const first = {};
    sender._sender = { link: first };
    await new Promise((resolve) => setTimeout(resolve, 450));
    expect(sender.transfers).toBe(1);
    sender._sender = { link: {} };
    await until(() => sender.transfers === 2);
  });
});

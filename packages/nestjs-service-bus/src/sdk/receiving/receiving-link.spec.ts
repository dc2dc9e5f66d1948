import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';

import { ReceivingLink as Broker } from '../../../test/support/receiving-link.js';
import { ReceivingLink, type ReceivingLinkOwner } from './receiving-link.js';

const OWNER = {
  linkOpened: () => undefined,
  linkFailed: () => undefined,
} as unknown as ReceivingLinkOwner;

describe('closing a link while the SDK does not come to an end', () => {
  beforeEach(() => void jest.useFakeTimers());
  afterEach(() => void jest.useRealTimers());

  const open = async (isOpened: boolean): Promise<ReceivingLink> => {
    const receiver = new Broker().receiver();
    receiver.close = () => new Promise(() => undefined);
    const link = new ReceivingLink(receiver, 1, OWNER);
    link.open();
    if (isOpened) await receiver.handlers?.postInitialize();
    return link;
  };

  it('does not wait where it never opened, and leaves no timer behind', async () => {
    const link = await open(false);
    await link.close();
    expect(jest.getTimerCount()).toBe(0);
  });

  it('waits two seconds for one that is open', async () => {
    const link = await open(true);
    const closed = jest.fn();
    const closing = link.close().then(closed);
    await jest.advanceTimersByTimeAsync(1_999);
    expect(closed).not.toHaveBeenCalled();
    await jest.advanceTimersByTimeAsync(1);
    await closing;
    expect(jest.getTimerCount()).toBe(0);
  });
});

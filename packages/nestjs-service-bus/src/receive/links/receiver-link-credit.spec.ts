import { describe, expect, it } from '@jest/globals';

import { ReceivingLink } from '../../../test/support/receiving-link.js';
import { SYSTEM_CLOCK } from '../../time/clock.js';
import { SESSION_PLACES } from './delivery-window.js';
import { type LinkOwner, ReceiverLink } from './receiver-link.js';

const OWNER = { linkOpened: () => undefined, receive: () => undefined } as unknown as LinkOwner;

async function openWith(credit: number): Promise<{ broker: ReceivingLink; link: ReceiverLink }> {
  const broker = new ReceivingLink();
  const receiver = broker.receiver();
  const link = new ReceiverLink(receiver, credit, OWNER, SYSTEM_CLOCK);
  link.open();
  await receiver.handlers?.postInitialize();
  // The SDK gives the first credit.
  broker.credit = credit;
  return { broker, link };
}

describe('the credit of a link', () => {
  it('is topped up to what is wanted', async () => {
    const { broker, link } = await openWith(10);
    link.topUp(14);
    expect([broker.credit, link.outstanding]).toEqual([14, 14]);
    for (let count = 0; count < 3; count++) broker.deliver();
    expect(link.outstanding).toBe(11);
    link.topUp(12);
    expect([broker.credit, link.outstanding]).toEqual([12, 12]);
  });

  it('is never taken back: what is too much is not granted again', async () => {
    const { broker, link } = await openWith(10);
    link.topUp(3);
    expect(link.outstanding).toBe(10);
    for (let count = 0; count < 8; count++) broker.deliver();
    link.topUp(3);
    expect(link.outstanding).toBe(3);
  });

  it('is granted in portions, except when nothing else is on its way', async () => {
    const { broker, link } = await openWith(10);
    broker.deliver();
    link.topUp(10, 2);
    expect(link.outstanding).toBe(9);
    broker.deliver();
    link.topUp(10, 2);
    expect(link.outstanding).toBe(10);
    for (let count = 0; count < 10; count++) broker.deliver();
    link.topUp(1, 2);
    expect(link.outstanding).toBe(1);
  });

  it('is not granted on a retired link', async () => {
    const { link } = await openWith(10);
    link.retire();
    link.topUp(20);
    expect(link.outstanding).toBe(10);
  });

  it('leaves a place in the window for each message that may still come', async () => {
    const { link } = await openWith(10);
    for (let place = 0; place < SESSION_PLACES - 20; place++) link.takePlace();
    link.topUp(500);
    expect(link.outstanding).toBe(19);
  });
});

import { describe, expect, it } from '@jest/globals';

import { ReceivingLink } from '../../../test/support/receiving-link.js';
import { type Delivery } from '../../delivery/delivery.js';
import { SYSTEM_CLOCK } from '../../time/clock.js';
import { LinkChain } from './link-chain.js';
import { type LinkOwner, ReceiverLink } from './receiver-link.js';

const CREDIT = 10;
const endOfTurn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

/** A chain with an open link, and what it does with its links. */
async function openChain(whileStopping: (broker: ReceivingLink) => void) {
  const brokers: ReceivingLink[] = [];
  const places: { link: ReceiverLink; place: number }[] = [];
  const closed: ReceivingLink[] = [];
  /** What links wait for until they are open. */
  const scene = { opening: Promise.resolve() };
  const owner: LinkOwner = {
    receive: (_message, link) => void places.push({ link, place: link.takePlace() }),
    linkOpened: (link) => chain.opened(link),
    linkFailed: () => undefined,
    linkLost: (link) => chain.lost(link),
    linkClosed: () => undefined,
    linkReleased: (link) => chain.released(link),
  };
  const chain = new LinkChain(
    () => {
      const broker = new ReceivingLink();
      broker.credit = CREDIT;
      broker.beforeDrained = () => whileStopping(broker);
      const receiver = broker.receiver();
      const { subscribe } = receiver;
      receiver.subscribe = (...args) => {
        subscribe(...args);
        const opened = scene.opening.then(() => receiver.handlers?.postInitialize());
        receiver.close = () => opened.then(() => void closed.push(broker));
        return { close: () => Promise.resolve() };
      };
      brokers.push(broker);
      return new ReceiverLink(receiver, CREDIT, owner, SYSTEM_CLOCK);
    },
    { size: CREDIT, wanted: CREDIT },
  );
  chain.start();
  await endOfTurn();
  const settle = (): void => {
    const { link, place } = places.shift() ?? {};
    link?.release({ hasLeftLink: true, place } as unknown as Delivery);
  };
  return Object.assign(scene, { chain, brokers, closed, places, settle });
}

describe('a chain of links', () => {
  it('closes a link that has a successor once it holds nothing, and nothing more can come', async () => {
    let isOnItsWay = true;
    const opened = await openChain((broker) => {
      if (isOnItsWay) broker.deliver();
      isOnItsWay = false;
    });
    const { chain, brokers, closed, places, settle } = opened;
    brokers[0]?.deliver();
    chain.recycle();
    await endOfTurn();
    expect(brokers).toHaveLength(2);
    settle();
    await endOfTurn();
    // It came while the link's credit was taken back: it is to be settled there.
    expect([places.length, closed]).toEqual([1, []]);
    settle();
    await endOfTurn();
    expect(closed).toEqual([brokers[0]]);
    await chain.close();
  });

  it('opens one link at a time, however often it is paused and resumed', async () => {
    const opened = await openChain(() => undefined);
    const { chain, brokers } = opened;
    for (let times = 0; times < 100; times++) {
      void chain.pause();
      void chain.resume();
    }
    await endOfTurn();
    expect(brokers).toHaveLength(2);
    // The SDK opens a link to its end before it closes it, and before it opens another one.
    let end = (): void => undefined;
    opened.opening = new Promise((resolve) => (end = resolve));
    chain.recycle();
    for (let times = 0; times < 100; times++) {
      await chain.pause();
      void chain.resume();
    }
    await endOfTurn();
    expect(brokers).toHaveLength(3);
    end();
    await endOfTurn();
    expect(brokers).toHaveLength(4);
    expect(chain.isReceiving).toBe(true);
    void chain.pause();
    void chain.resume();
    await chain.stop();
    await chain.close();
    await endOfTurn();
    expect(brokers).toHaveLength(4);
  });
});

import { type ServiceBusReceivedMessage } from '@azure/service-bus';
import { beforeEach, describe, expect, it } from '@jest/globals';

import { encoded, ReceivingLink } from '../../../test/support/receiving-link.js';
import { type LinkDelivery } from './link-delivery.js';
import { FastLink } from './fast-link.js';

const endOfTurn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

const NOBODY = { takeFromFastLane: () => undefined, takenFromSdk: 0 };

describe('FastLink', () => {
  let link: ReceivingLink;
  let fastLink: FastLink;
  let taken: ServiceBusReceivedMessage[];

  const deliveryOf = (index: number): LinkDelivery =>
    (taken[index] as ServiceBusReceivedMessage & { delivery: LinkDelivery }).delivery;

  beforeEach(() => {
    link = new ReceivingLink();
    link.credit = 5;
    taken = [];
    const opened = FastLink.open(link.receiver(), {
      takeFromFastLane: (message) => void taken.push(message),
      get takenFromSdk() {
        return link.events.filter(({ name }) => name === 'message').length;
      },
    });
    if (!opened) throw new Error('the link is not one that it knows');
    fastLink = opened;
  });

  it('takes messages, and does rhea’s bookkeeping', () => {
    link.deliver();
    link.deliver();
    expect(taken).toHaveLength(2);
    expect(link).toMatchObject({ credit: 3, delivery_count: 2 });
    expect(link.session.incoming).toMatchObject({ next_transfer_id: 2, next_delivery_id: 2 });
    expect(link.session.held).toEqual([deliveryOf(0), deliveryOf(1)]);
  });

  it.each([
    [true, false],
    [1, 0],
    [true, undefined],
  ])('assembles a message that arrives in parts (more: %s, %s)', (...more) => {
    const bytes = encoded(Buffer.alloc(100, 'x'));
    link.deliver([bytes.subarray(0, 10), bytes.subarray(10, 50), bytes.subarray(50)], { more });
    expect(taken.map(({ body }) => String(body))).toEqual(['x'.repeat(100)]);
    expect(link).toMatchObject({ credit: 4, delivery_count: 1 });
    expect(link.session.incoming.next_transfer_id).toBe(3);
  });

  it('passes to rhea and the SDK what is not a plain message', () => {
    link.deliver([Buffer.from([0x00, 0x53, 0x77, 0xa1, 1, 0x61])]);
    expect(taken).toHaveLength(0);
    const message = { body: { typecode: 0x77, content: 'a' } };
    expect(link.events).toMatchObject([{ name: 'message', context: { message } }]);
    expect(link.credit).toBe(4);
  });

  it('takes nothing that comes while the link is being closed', () => {
    link.is_open = () => false;
    link.deliver();
    expect([taken.length, link.events.length]).toEqual([0, 0]);
  });

  it('refuses what is out of order, or comes after the end', () => {
    link.deliver();
    expect(() => link.deliver(undefined, { id: 5 })).toThrow('expected delivery 1, got 5');
    link.isOpen = false;
    expect(() => link.deliver(undefined, { id: 1 })).toThrow('transfer after detach');
  });

  it('tells whoever completed, and the SDK of what it settled, also where both did', () => {
    const told: number[] = [];
    for (let id = 0; id < 4; id++) link.deliver();
    const onAnswer = ({ id }: LinkDelivery): void => void told.push(id);
    deliveryOf(0).onAnswer = onAnswer;
    deliveryOf(0).accept();
    deliveryOf(1).modified({ undeliverable_here: true });
    deliveryOf(2).modified({ undeliverable_here: false });
    deliveryOf(2).onAnswer = onAnswer;
    link.answer(0, 2);
    expect(told).toEqual([0, 2]);
    expect(link.events.map(({ context }) => (context['delivery'] as LinkDelivery).id)).toEqual([1, 2]);
    expect(taken.map((_message, index) => deliveryOf(index).settled)).toEqual([true, true, true, false]);
    // Not a second time.
    link.answer(0, 2);
    expect(told).toEqual([0, 2]);
  });

  it('has settlements and credit written at the end of the turn', async () => {
    link.deliver();
    await endOfTurn();
    deliveryOf(0).accept();
    fastLink.grant(1);
    expect([fastLink.credit, link.session.incoming.updated]).toEqual([5, [deliveryOf(0)]]);
    expect(link.flows).toEqual([]);
    await endOfTurn();
    expect(link.flows).toEqual([5]);
  });

  it('grants no credit on a link that is gone', async () => {
    await endOfTurn();
    link.isOpen = false;
    fastLink.grant(1);
    await endOfTurn();
    expect([link.credit, link.flows]).toEqual([5, []]);
  });

  it('leaves an unknown kind of link alone', () => {
    const unknown = new ReceivingLink();
    unknown.session.links['another'] = new ReceivingLink();
    expect(FastLink.open(unknown.receiver(), NOBODY)).toBeUndefined();
    const { _process: _, ...rest } = new ReceivingLink().connection;
    const older = Object.assign(new ReceivingLink(), { connection: rest });
    expect(FastLink.open(older.receiver(), NOBODY)).toBeUndefined();
  });
});

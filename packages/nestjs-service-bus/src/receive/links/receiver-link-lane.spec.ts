import { type ServiceBusReceivedMessage } from '@azure/service-bus';
import { describe, expect, it, jest } from '@jest/globals';

import { ReceivingLink } from '../../../test/support/receiving-link.js';
import { SYSTEM_CLOCK } from '../../time/clock.js';
import { type LinkOwner, ReceiverLink } from './receiver-link.js';

const endOfTurn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

interface Opened {
  readonly broker: ReceivingLink;
  readonly link: ReceiverLink;
  /** Ends the oldest message in work; `givesCredit` tells whether its credit goes back. */
  end(givesCredit: boolean): Promise<void>;
  readonly receive: jest.MockedFunction<LinkOwner['receive']>;
  readonly failures: Error[];
  readonly abandoned: ServiceBusReceivedMessage[];
}

async function open(credit: number): Promise<Opened> {
  const broker = new ReceivingLink();
  const receiver = broker.receiver();
  const inWork: ((givesCredit: boolean) => void)[] = [];
  const failures: Error[] = [];
  const abandoned: ServiceBusReceivedMessage[] = [];
  receiver.abandonMessage = (message) => Promise.resolve(void abandoned.push(message));
  const receive = jest.fn<LinkOwner['receive']>(() => new Promise((resolve) => inWork.push(resolve)));
  const owner = {
    receive,
    linkOpened: () => undefined,
    linkFailed: (_link: ReceiverLink, error: Error) => void failures.push(error),
    linkClosed: () => undefined,
  } as unknown as LinkOwner;
  const link = new ReceiverLink(receiver, credit, owner, SYSTEM_CLOCK);
  link.open();
  await receiver.handlers?.postInitialize();
  // The SDK gives the first credit.
  broker.credit = credit;
  const end = async (givesCredit: boolean): Promise<void> => {
    inWork.shift()?.(givesCredit);
    await endOfTurn();
  };
  return { broker, link, end, receive, failures, abandoned };
}

describe('a link whose messages come on a lane', () => {
  it('gives credit back in portions, before the broker runs out', async () => {
    const { broker, end } = await open(4);
    broker.deliver();
    await end(true);
    expect(broker.flows).toEqual([]);
    broker.deliver();
    await end(true);
    expect(broker.flows).toEqual([4]);
  });

  it('pays back credit even when a message returns none, as no other message may follow', async () => {
    const { broker, end } = await open(10);
    for (let count = 0; count < 4; count++) {
      broker.deliver();
      await end(true);
    }
    expect([broker.flows, broker.credit]).toEqual([[], 6]);
    for (let count = 0; count < 6; count++) {
      broker.deliver();
      await end(false);
    }
    expect(broker.flows).toEqual([9]);
    expect(broker.credit).toBe(4);
  });

  it('gives no more credit once it is stopped or retired', async () => {
    for (const end of ['stop', 'retire'] as const) {
      const opened = await open(1);
      opened.broker.deliver();
      await opened.link[end]();
      await opened.end(true);
      expect([end, opened.broker.flows]).toEqual([end, []]);
    }
  });

  it('abandons a message that its owner fails to take, and goes on', async () => {
    const { broker, receive, failures, abandoned } = await open(1);
    receive.mockRejectedValueOnce(new Error('out of order'));
    broker.deliver();
    await endOfTurn();
    await endOfTurn();
    expect(failures).toMatchObject([{ message: 'out of order' }]);
    expect(abandoned).toHaveLength(1);
    expect(broker.flows).toEqual([1]);
  });
});

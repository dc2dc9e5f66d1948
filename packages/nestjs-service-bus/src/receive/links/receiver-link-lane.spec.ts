import { type ServiceBusReceivedMessage } from '@azure/service-bus';
import { describe, expect, it, jest } from '@jest/globals';

import { ReceivingLink } from '../../../test/support/receiving-link.js';
import { SYSTEM_CLOCK } from '../../time/clock.js';
import { type LinkOwner, ReceiverLink } from './receiver-link.js';

const endOfTurn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

interface Opened {
  readonly broker: ReceivingLink;
  readonly link: ReceiverLink;
  readonly receive: jest.MockedFunction<LinkOwner['receive']>;
  readonly failures: Error[];
  readonly abandoned: ServiceBusReceivedMessage[];
}

async function open(credit: number): Promise<Opened> {
  const broker = new ReceivingLink();
  const receiver = broker.receiver();
  const failures: Error[] = [];
  const abandoned: ServiceBusReceivedMessage[] = [];
  receiver.abandonMessage = (message) => Promise.resolve(void abandoned.push(message));
  const receive = jest.fn<LinkOwner['receive']>();
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
  return { broker, link, receive, failures, abandoned };
}

describe('a link whose messages come on a lane', () => {
  it('hands each message to its owner, and writes one flow frame for what a turn grants', async () => {
    const { broker, link, receive } = await open(4);
    for (let count = 0; count < 3; count++) broker.deliver();
    expect(receive).toHaveBeenCalledTimes(3);
    link.topUp(2);
    link.topUp(4);
    await endOfTurn();
    expect(broker.flows).toEqual([4]);
  });

  it('gives no more credit once it is stopped or retired', async () => {
    for (const end of ['stop', 'retire'] as const) {
      const opened = await open(1);
      opened.broker.deliver();
      await opened.link[end]();
      opened.link.topUp(1);
      await endOfTurn();
      expect([end, opened.broker.flows]).toEqual([end, []]);
    }
  });

  it('abandons a message that its owner fails to take, and goes on', async () => {
    const { broker, link, receive, failures, abandoned } = await open(1);
    receive.mockImplementationOnce(() => {
      throw new Error('out of order');
    });
    broker.deliver();
    await endOfTurn();
    expect(failures).toMatchObject([{ message: 'out of order' }]);
    expect(abandoned).toHaveLength(1);
    link.topUp(1);
    await endOfTurn();
    expect(broker.flows).toEqual([1]);
  });
});

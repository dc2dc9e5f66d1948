import { ServiceBusError, type ServiceBusReceivedMessage, type ServiceBusReceiver } from '@azure/service-bus';
import { describe, expect, it, jest } from '@jest/globals';

import { Settler } from '../sdk/index.js';
import { Delivery } from './delivery.js';
import { settle } from './settle.js';

const NO_LINK = { isOpen: true, release: () => undefined };

/** A delivery whose settlements the broker answers so, one after the other. */
function deliveryThat(...answers: (() => Promise<void>)[]): Delivery {
  const completeMessage = jest.fn(() => (answers.shift() ?? Promise.resolve)());
  const settler = new Settler({ completeMessage } as unknown as ServiceBusReceiver);
  return new Delivery({ delivery: {} } as unknown as ServiceBusReceivedMessage, settler, NO_LINK, 0);
}

describe('a delivery', () => {
  it('leaves its link when the broker has answered its settlement there', async () => {
    const delivery = deliveryThat(() => Promise.resolve());
    expect(delivery.hasLeftLink).toBe(false);
    await settle(delivery, { kind: 'complete' });
    expect(delivery.hasLeftLink).toBe(true);
  });

  it('stays on its link when it had to be settled elsewhere, for want of an answer', async () => {
    const delivery = deliveryThat(
      () => Promise.reject(new ServiceBusError('no answer', 'ServiceTimeout')),
      () => Promise.resolve(),
    );
    await settle(delivery, { kind: 'complete' });
    expect([delivery.state, delivery.hasLeftLink]).toEqual(['settled', false]);
  });
});

import { type ServiceBusReceiver } from '@azure/service-bus';
import { describe, expect, it } from '@jest/globals';

import { SYSTEM_CLOCK } from '../../time/clock.js';
import { SESSION_PLACES } from './delivery-window.js';
import { type LinkOwner, ReceiverLink } from './receiver-link.js';

const linkWith = (credit: number): ReceiverLink =>
  new ReceiverLink({} as ServiceBusReceiver, credit, {} as LinkOwner, SYSTEM_CLOCK);

describe('the credit of a link', () => {
  it('goes back to the broker while the link has no more than it should', () => {
    const link = linkWith(10);
    expect([link.returnsCredit(10), link.returnsCredit(24)]).toEqual([true, true]);
    expect(link.credit).toBe(10);
  });

  it('is kept back, message by message, until the link is down to what it should have', () => {
    const link = linkWith(10);
    const returned = Array.from({ length: 6 }, () => link.returnsCredit(7));
    expect(returned).toEqual([false, false, false, true, true, true]);
    expect(link.credit).toBe(7);
  });

  it('is kept back by a retired link, and by one without places for all that may still arrive', () => {
    const retired = linkWith(10);
    retired.retire();
    expect(retired.returnsCredit(10)).toBe(false);
    const full = linkWith(500);
    for (let place = 0; place < SESSION_PLACES - 500; place++) full.takePlace();
    expect(full.returnsCredit(500)).toBe(false);
  });
});

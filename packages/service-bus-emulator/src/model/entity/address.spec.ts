import { describe, expect, it } from '@jest/globals';

import { parseAddress, subscriptionAddress } from './address.js';

describe('parseAddress', () => {
  it.each([
    ['orders', 'orders', 'main', false],
    ['/orders', 'orders', 'main', false],
    ['amqps://host.servicebus.windows.net/a/b', 'a/b', 'main', false],
    ['sb://127.0.0.1:5672/Orders', 'Orders', 'main', false],
    ['Orders/$DeadLetterQueue', 'Orders', 'dead-letter', false],
    ['Orders/$deadletterqueue/$management', 'Orders', 'dead-letter', true],
    ['Orders/$Transfer/$DeadLetterQueue', 'Orders', 'transfer-dead-letter', false],
    ['t/Subscriptions/s/$management', 't/Subscriptions/s', 'main', true],
    ['__proto__', '__proto__', 'main', false],
    ['', '', 'main', false],
  ] as const)('reads %s', (text, entity, subQueue, management) => {
    expect(parseAddress(text)).toEqual({ entity, key: entity.toLowerCase(), subQueue, management });
  });

  it('reads the address of a subscription back', () => {
    expect(parseAddress(subscriptionAddress('Events', 'Audit')).key).toBe('events/subscriptions/audit');
  });
});

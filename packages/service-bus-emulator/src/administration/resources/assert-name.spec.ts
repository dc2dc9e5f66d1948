import { describe, expect, it } from '@jest/globals';

import { assertEntityName, assertRuleName, assertSubscriptionName } from './assert-name.js';

describe('names of queues and topics', () => {
  it.each(['a', 'orders', 'Shop/orders.new-2_x', 'a~b', 'x'.repeat(260)])('takes %s', (name) => {
    expect(() => assertEntityName(name)).not.toThrow();
  });

  it.each([
    '',
    '-a',
    'a-',
    'a b',
    '/a',
    'a/',
    'a//b',
    'a?b',
    'a#b',
    'a\\b',
    'café',
    '$a',
    'a\n',
    'x'.repeat(261),
  ])('refuses %j', (name) => {
    expect(() => assertEntityName(name)).toThrow(/is not a valid name|is too long/);
  });
});

describe('names of subscriptions', () => {
  it('allow letters, digits and . - _ up to 50 characters, and no slash', () => {
    expect(() => assertSubscriptionName('Audit.log-1_a')).not.toThrow();
    expect(() => assertSubscriptionName('x'.repeat(50))).not.toThrow();
    expect(() => assertSubscriptionName('x'.repeat(51))).toThrow(/at most 50/);
    expect(() => assertSubscriptionName('a/b')).toThrow(/is not a valid name/);
  });
});

describe('names of rules', () => {
  it("allow the default rule's, and those of types", () => {
    expect(() => assertRuleName('$Default')).not.toThrow();
    expect(() => assertRuleName('Shop.Orders+Placed')).not.toThrow();
    expect(() => assertRuleName('a/b')).toThrow(/is not a valid name/);
    expect(() => assertRuleName('x'.repeat(51))).toThrow(/at most 50/);
  });
});

import { describe, expect, it } from '@jest/globals';

import { ServiceBusConfigurationError } from '../exceptions/service-bus-configuration.error.js';
import { findDestination } from './find-destination.js';

describe('the destination of a pattern', () => {
  it('is the queue of the same name, with the pattern’s subject', () => {
    expect(findDestination('counter', {})).toEqual({ entity: 'counter' });
    expect(findDestination({ binding: 'orders', subject: 'created' }, {})).toEqual({
      entity: 'orders',
      subject: 'created',
    });
  });

  it('is the mapped entity, even if there is one for all patterns', () => {
    const options = { queues: { counter: 'counter-in' }, topics: { orders: 'order-events' }, queue: 'rest' };
    expect(findDestination('counter', options)).toEqual({ entity: 'counter-in' });
    expect(findDestination({ binding: 'orders', subject: 'created' }, options)).toEqual({
      entity: 'order-events',
      subject: 'created',
    });
    expect(findDestination('constructor', options).entity).toBe('rest');
  });

  it('is the entity for all patterns, with the pattern as subject', () => {
    expect(findDestination('order.created', { topic: 'events' })).toEqual({
      entity: 'events',
      subject: 'order.created',
    });
    expect(findDestination({ binding: 'order', subject: 'created' }, { queue: 'all' })).toEqual({
      entity: 'all',
      subject: 'created',
    });
  });

  it.each([[''], [{ cmd: 'sum' }], [7]])('is none for the pattern %j', (pattern) => {
    expect(() => findDestination(pattern, {})).toThrow(ServiceBusConfigurationError);
  });
});

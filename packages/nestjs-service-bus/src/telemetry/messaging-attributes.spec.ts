import { describe, expect, it } from '@jest/globals';

import { OperationAttributes } from './messaging-attributes.js';

describe('OperationAttributes', () => {
  const attributes = new OperationAttributes('process', { entity: 'events', subscription: 'audit' });

  it('names system, operation and destination, and creates the object once', () => {
    expect(attributes.for()).toEqual({
      'messaging.system': 'servicebus',
      'messaging.operation.name': 'process',
      'messaging.destination.name': 'events',
      'messaging.destination.subscription.name': 'audit',
    });
    expect(attributes.for()).toBe(attributes.for());
    expect(attributes.for('TypeError')).toBe(attributes.for('TypeError'));
    expect(attributes.for('TypeError')['error.type']).toBe('TypeError');
  });

  it('bounds the number of error types', () => {
    const types = Array.from({ length: 1_000 }, (_, index) => attributes.for(`Error${index}`)['error.type']);
    expect(new Set(types).size).toBeLessThanOrEqual(51);
    expect(types.at(-1)).toBe('_OTHER');
    expect(attributes.for('TypeError')['error.type']).toBe('TypeError');
  });
});

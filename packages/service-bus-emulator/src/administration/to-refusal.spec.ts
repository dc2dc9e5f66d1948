import { describe, expect, it } from '@jest/globals';

import { BrokerError, entityNotFound } from '../model/broker-error.js';
import { AdministrationError } from './administration-error.js';
import { toRefusal } from './to-refusal.js';
import { writeXml } from './xml/write-xml.js';

describe('toRefusal', () => {
  it.each([
    [entityNotFound('orders'), 404],
    [new BrokerError('com.microsoft:entity-not-found', 'x'), 404],
    [new BrokerError('com.microsoft:entity-already-exists', 'x'), 409],
    [new BrokerError('com.microsoft:argument-error', 'x'), 400],
    [new BrokerError('amqp:resource-limit-exceeded', 'x'), 403],
    [new BrokerError('com.microsoft:server-busy', 'x'), 503],
    [new BrokerError('amqp:link:detach-forced', 'x'), 500],
    [new AdministrationError(413, 'x'), 413],
    [new TypeError('x'), 500],
    ['thrown text', 500],
  ])('answers %s with %d', (error, status) => {
    expect(toRefusal(error, 0).status).toBe(status);
  });

  it('says what was wrong, escaped, with a sub-code other than that of a conflicting operation', () => {
    const refused = toRefusal(new BrokerError('com.microsoft:entity-already-exists', "'<a>' exists."), 0);
    expect(writeXml(refused.document)).toMatch(
      /<Error><Code>409<\/Code><Detail>SubCode=40900\. '&lt;a&gt;' exists\. TrackingId:[0-9a-f-]{36}, .*Timestamp:1970-01-01T00:00:00\.000Z<\/Detail><\/Error>$/,
    );
  });
});

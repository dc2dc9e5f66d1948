import { describe, expect, it } from '@jest/globals';

import { ServiceBusClientProxy } from './service-bus-client-proxy.js';
import { type ServiceBusClientProxyOptions } from './service-bus-client-proxy-options.js';

const connectionString = 'Endpoint=sb://localhost;SharedAccessKeyName=a;SharedAccessKey=b';

describe('the options of ServiceBusClientProxy', () => {
  it.each<[Record<string, unknown> | undefined, RegExp]>([
    [undefined, /one of connectionString and fullyQualifiedNamespace is required/],
    [{}, /one of connectionString and fullyQualifiedNamespace is required/],
    [{ connectionString, fullyQualifiedNamespace: 'x' }, /one of connectionString and/],
    [{ connectionString, queue: 'q', topic: 't' }, /a queue and a topic/],
    [{ connectionString, replyQueue: '' }, /replyQueue is empty/],
    [{ connectionString, queues: { a: 'q' }, topics: { a: 't' } }, /"a" is in queues and in topics/],
    [{ connectionString, requestTimeoutMs: 0 }, /requestTimeoutMs is 0/],
    [{ connectionString, requestTimeoutMs: Number.NaN }, /requestTimeoutMs is NaN/],
    [{ connectionString, requestTimeoutMs: 2 ** 31 }, /requestTimeoutMs is 2147483648/],
  ])('%j are refused by name', (options, problem) => {
    expect(() => new ServiceBusClientProxy(options as unknown as ServiceBusClientProxyOptions)).toThrow(
      problem,
    );
  });

  it('need not name any entity', () => {
    expect(() => new ServiceBusClientProxy({ connectionString })).not.toThrow();
  });
});

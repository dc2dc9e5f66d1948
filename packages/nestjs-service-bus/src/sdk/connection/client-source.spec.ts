import { type ServiceBusClient } from '@azure/service-bus';
import { beforeEach, describe, expect, it } from '@jest/globals';

import { ClientSource } from './client-source.js';

describe('ClientSource', () => {
  let made: ServiceBusClient[];
  let closed: ServiceBusClient[];
  let source: ClientSource;
  beforeEach(() => {
    made = [];
    closed = [];
    source = new ClientSource(() => {
      const client = {
        close: () => Promise.resolve(void closed.push(client)),
      } as unknown as ServiceBusClient;
      made.push(client);
      return client;
    });
  });

  it('gives everybody the same client, made when it is wanted first', () => {
    expect(made).toEqual([]);
    expect(source.acquire()).toBe(source.acquire());
    expect(source.current).toBe(made[0]);
  });

  it('has one new client for all whose client does not work, and closes the old one behind the last', () => {
    const [a, b] = [source.acquire(), source.acquire()];
    const next = source.exchange(a);
    expect(next).not.toBe(a);
    expect(closed).toEqual([]);
    expect(source.exchange(b)).toBe(next);
    expect(closed).toEqual([a]);
    expect(made).toHaveLength(2);
  });

  it('leaves the others alone when one needs a new client again and again', () => {
    const healthy = source.acquire();
    let sick = source.acquire();
    for (let time = 0; time < 3; time++) sick = source.exchange(sick);
    expect(closed).toEqual(made.slice(1, -1));
    expect(closed).not.toContain(healthy);
    expect(source.current).toBe(sick);
  });

  it('closes all clients in the end', async () => {
    const [a] = [source.acquire(), source.acquire()];
    source.exchange(a);
    await source.close();
    expect(new Set(closed)).toEqual(new Set(made));
    expect(closed).toHaveLength(2);
  });

  it('closes nothing that was never made', async () => {
    await source.close();
    expect(made).toEqual([]);
  });
});

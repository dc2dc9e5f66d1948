import { type ServiceBusClient } from '@azure/service-bus';
import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';

import { resolveBinding } from '../../binding/resolve-binding.js';
import { ClientSource } from '../../sdk/index.js';
import { SYSTEM_CLOCK } from '../../time/clock.js';
import { SessionAcceptor } from './session-acceptor.js';

type Accept = () => Promise<object>;

/** The SDK's client, reduced to accepting sessions by id. */
function clientThat(acceptSession: Accept): ServiceBusClient {
  const acceptNextSession = (): Promise<never> => new Promise(() => undefined);
  return { acceptSession, acceptNextSession, close: () => Promise.resolve() } as unknown as ServiceBusClient;
}

describe('SessionAcceptor', () => {
  beforeEach(() => {
    jest.useFakeTimers();
  });
  afterEach(() => {
    jest.useRealTimers();
  });

  it('replaces a client that repeatedly gives no answer', async () => {
    let unanswered = 0;
    const stuck = clientThat(() => {
      unanswered++;
      return new Promise(() => undefined);
    });
    const well = clientThat(() => Promise.resolve({ close: () => Promise.resolve() }));
    const clients = [stuck, well];
    const source = new ClientSource(() => clients.shift() as ServiceBusClient);
    const refusals: string[] = [];
    const observer = {
      changed: () => undefined,
      refused: (error: Error) => void refusals.push(error.name),
    };
    const binding = resolveBinding('work', { sessions: {} });
    const acceptor = new SessionAcceptor(source, binding, observer, SYSTEM_CLOCK);
    void acceptor.next();
    await jest.advanceTimersByTimeAsync(9_000);
    expect(acceptor.isAccepting).toBe(false);
    expect(refusals).toEqual(['AcceptTimeoutError']);
    await jest.advanceTimersByTimeAsync(3_000);
    expect(unanswered).toBe(2);
    expect(source.current).toBe(well);
    expect(acceptor.isAccepting).toBe(true);
    acceptor.close();
  });
});

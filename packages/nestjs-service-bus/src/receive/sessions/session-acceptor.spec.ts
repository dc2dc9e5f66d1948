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

  it('pauses for 100 ms after the first refusal, then twice as long each time', async () => {
    const askedAtMs: number[] = [];
    const startMs = Date.now();
    const refusing = clientThat(() => {
      askedAtMs.push(Date.now() - startMs);
      return Promise.reject(new Error('away'));
    });
    const observer = { changed: () => undefined, refused: () => undefined };
    const binding = resolveBinding('work', { sessions: {} });
    const acceptor = new SessionAcceptor(new ClientSource(() => refusing), binding, observer, SYSTEM_CLOCK);
    void acceptor.next();
    await jest.advanceTimersByTimeAsync(800);
    expect(askedAtMs).toEqual([0, 100, 300, 700]);
    acceptor.close();
  });

  it.each([
    ['it has given the request up', (_acceptor: SessionAcceptor) => jest.advanceTimersByTimeAsync(20_000)],
    ['it was closed', (acceptor: SessionAcceptor) => Promise.resolve(acceptor.close())],
  ])('gives back a session that is granted after %s', async (_when, end) => {
    const released: string[] = [];
    const session = (name: string): object => ({ close: () => Promise.resolve(void released.push(name)) });
    const grants: ((receiver: object) => void)[] = [];
    const client = {
      acceptSession: () => Promise.resolve(session('probe')),
      acceptNextSession: () => new Promise((grant) => grants.push(grant)),
      close: () => Promise.resolve(),
    } as unknown as ServiceBusClient;
    const observer = { changed: () => undefined, refused: () => undefined };
    const binding = resolveBinding('work', { sessions: {} });
    const acceptor = new SessionAcceptor(new ClientSource(() => client), binding, observer, SYSTEM_CLOCK);
    const next = acceptor.next();
    await jest.advanceTimersByTimeAsync(1);
    await end(acceptor);
    expect(await next).toBeUndefined();
    for (const grant of grants) grant(session('late'));
    await jest.advanceTimersByTimeAsync(1);
    expect(released).toEqual(['probe', 'late']);
    acceptor.close();
  });

  it('gives a session that is granted to a request of before a pause to whoever waits after it', async () => {
    const released: string[] = [];
    const session = (name: string): object => ({
      name,
      close: () => Promise.resolve(void released.push(name)),
    });
    const grants: ((receiver: object) => void)[] = [];
    const client = {
      acceptSession: () => Promise.resolve(session('probe')),
      acceptNextSession: () => new Promise((grant) => grants.push(grant)),
      close: () => Promise.resolve(),
    } as unknown as ServiceBusClient;
    const observer = { changed: () => undefined, refused: () => undefined };
    const binding = resolveBinding('work', { sessions: {} });
    const before = new SessionAcceptor(new ClientSource(() => client), binding, observer, SYSTEM_CLOCK);
    const given = before.next();
    await jest.advanceTimersByTimeAsync(1);
    before.close();
    expect(await given).toBeUndefined();
    const after = before.renewed();
    const next = after.next();
    await jest.advanceTimersByTimeAsync(1);
    grants[0]?.(session('first'));
    expect(await next).toMatchObject({ name: 'first' });
    const another = after.next();
    await jest.advanceTimersByTimeAsync(1);
    // Its own request, whose taker has got the first one.
    grants[1]?.(session('second'));
    expect(await another).toMatchObject({ name: 'second' });
    grants[2]?.(session('third'));
    await jest.advanceTimersByTimeAsync(1);
    expect(released).toEqual(['probe', 'probe', 'third']);
    after.close();
  });
});

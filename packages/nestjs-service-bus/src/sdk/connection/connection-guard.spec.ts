import { EventEmitter } from 'node:events';

import { type ServiceBusClient } from '@azure/service-bus';
import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';

import { closeClient } from './close-client.js';
import { ConnectionGuard } from './connection-guard.js';

/** As much of a socket as the guard looks at. */
class Socket extends EventEmitter {
  bytesRead = 0;
  destroyed = false;
  error?: Error;

  destroy(error: Error): void {
    this.destroyed = true;
    this.error = error;
  }
}

describe('ConnectionGuard', () => {
  let socket: Socket;
  let isOpen: boolean;
  let answers: boolean;
  let questions: number;
  let context: { connection: object; wasConnectionCloseCalled: boolean };
  let guard: ConnectionGuard | undefined;

  beforeEach(() => {
    jest.useFakeTimers();
    socket = new Socket();
    isOpen = true;
    answers = true;
    questions = 0;
    context = {
      wasConnectionCloseCalled: false,
      connection: {
        isOpen: () => isOpen,
        createSession: () => {
          questions++;
          if (!answers) return new Promise(() => undefined);
          socket.bytesRead += 100;
          return Promise.resolve({ close: () => Promise.resolve() });
        },
        _connection: {
          get socket() {
            return socket;
          },
        },
      },
    };
    guard = ConnectionGuard.watch({ _connectionContext: context } as unknown as ServiceBusClient);
  });

  afterEach(() => {
    guard?.close();
    jest.restoreAllMocks();
    jest.useRealTimers();
  });

  const pass = (ms: number): Promise<void> => jest.advanceTimersByTimeAsync(ms);

  it('asks a quiet broker, and leaves a connection alone on which it answers', async () => {
    await pass(60_000);
    expect(questions).toBeGreaterThan(10);
    expect(socket.destroyed).toBe(false);
  });

  it('asks nothing while bytes come', async () => {
    for (let time = 0; time < 20; time++) {
      socket.bytesRead++;
      await pass(1_000);
    }
    expect(questions).toBe(0);
  });

  it('ends a connection on which no answer comes, with an error that the SDK takes for the network’s', async () => {
    answers = false;
    await pass(6_000);
    expect(questions).toBe(1);
    expect(socket.destroyed).toBe(false);
    await pass(3_000);
    expect(socket.error).toMatchObject({ name: 'SilentConnectionError', code: 'ETIMEDOUT', syscall: 'read' });
  });

  it('waits for half a minute while the client holds sessions: the broker may stand still for so long', async () => {
    answers = false;
    Object.assign(context, { messageSessions: { session: {} } });
    await pass(29_000);
    expect(socket.destroyed).toBe(false);
    await pass(7_000);
    expect(socket.destroyed).toBe(true);
  });

  it('waits as long as it is told to, and by chance up to 15 % longer', async () => {
    guard?.close();
    jest.spyOn(Math, 'random').mockReturnValue(0.999);
    guard = ConnectionGuard.watch({ _connectionContext: context } as unknown as ServiceBusClient, 20_000);
    answers = false;
    await pass(22_500);
    expect(socket.destroyed).toBe(false);
    await pass(1_500);
    expect(socket.destroyed).toBe(true);
  });

  it('ends an attempt to connect that gets no answer, and gives the next one its time', async () => {
    isOpen = false;
    await pass(6_000);
    expect(socket.destroyed).toBe(true);
    expect(questions).toBe(0);
    socket = new Socket();
    await pass(4_000);
    expect(socket.destroyed).toBe(false);
  });

  it('does not blame the connection for a process that was busy', async () => {
    answers = false;
    await pass(2_000);
    const now = jest.now();
    jest.spyOn(performance, 'now').mockReturnValue(now + 60_000);
    await pass(500);
    expect(socket.destroyed).toBe(false);
  });

  it('goes with its client', async () => {
    answers = false;
    context.wasConnectionCloseCalled = true;
    await pass(60_000);
    expect(questions).toBe(0);
    expect(socket.destroyed).toBe(false);
  });

  it('is not there for what it does not know', () => {
    expect(ConnectionGuard.watch({} as ServiceBusClient)).toBeUndefined();
  });

  it('ends with its client, although the SDK makes another connection then and forgets that it is closed', async () => {
    const client = {
      _connectionContext: context,
      close: () => {
        context.wasConnectionCloseCalled = false;
        return Promise.resolve();
      },
    } as unknown as ServiceBusClient;
    isOpen = false;
    await closeClient(client);
    await pass(10_000);
    expect(jest.getTimerCount()).toBe(0);
  });
});

import { connect, createServer, type Server, type Socket } from 'node:net';

import { answer } from './answer.js';

/** What the proxy is to do. */
export interface Distance {
  /** Of the broker, on 127.0.0.1. */
  readonly port: number;
  /** Of all bytes, in each direction: half of a round trip, in milliseconds. */
  readonly oneWayMs: number;
}

interface Held {
  readonly bytes: Buffer;
  readonly dueAtMs: number;
}

/** The most that later bytes make up for: a stall of the machine is not to be made up for by haste. */
const MAX_DEBT_MS = 1;

/**
 * Passes bytes from one socket to another, each `delayMs` after it came: any number of them are on their way. Timers
 * have milliseconds only, and end late rather than early: what one was late the next ones are early, so that on average
 * the delay is as it should be.
 */
function passLate(from: Socket, to: Socket, delayMs: number): void {
  const held: Held[] = [];
  let timer: NodeJS.Timeout | undefined;
  /** By how much the bytes so far were late. */
  let debtMs = 0;
  const passDue = (): void => {
    timer = undefined;
    const now = performance.now();
    const earlyMs = Math.max(debtMs, 0);
    const [first] = held;
    if (first && first.dueAtMs <= now + earlyMs) {
      debtMs = Math.min(debtMs + now - first.dueAtMs, MAX_DEBT_MS);
      to.cork();
      for (let next = held[0]; next && next.dueAtMs <= now + earlyMs; next = held[0]) {
        held.shift();
        to.write(next.bytes);
      }
      to.uncork();
    }
    if (held[0]) timer = setTimeout(passDue, held[0].dueAtMs - debtMs - now);
  };
  from.on('data', (bytes: Buffer) => {
    held.push({ bytes, dueAtMs: performance.now() + delayMs });
    timer ??= setTimeout(passDue, delayMs - debtMs);
  });
  from.on('close', () => {
    clearTimeout(timer);
    to.destroy();
  });
  from.on('error', () => to.destroy());
}

let server: Server | undefined;
const sockets = new Set<Socket>();

answer({
  start: (question) => {
    const { port, oneWayMs } = question as Distance;
    server = createServer({ noDelay: true }, (near) => {
      const far = connect({ port, host: '127.0.0.1', noDelay: true });
      passLate(near, far, oneWayMs);
      passLate(far, near, oneWayMs);
      for (const socket of [near, far]) {
        sockets.add(socket);
        socket.on('close', () => sockets.delete(socket));
      }
    });
    const listening = server;
    return new Promise<number>((resolve, reject) => {
      listening.on('error', reject);
      listening.listen(0, '127.0.0.1', () => resolve((listening.address() as { port: number }).port));
    });
  },
  close: () => {
    server?.close();
    for (const socket of sockets) socket.destroy();
  },
});

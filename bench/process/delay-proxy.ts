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

/** Timers have milliseconds only, and end late rather than early: rounded, what they add and take away is nothing. */
const ROUNDING_MS = 0.5;

/** Passes bytes from one socket to another, each `delayMs` after it came: any number of them are on their way. */
function passLate(from: Socket, to: Socket, delayMs: number): void {
  const held: Held[] = [];
  let timer: NodeJS.Timeout | undefined;
  const passDue = (): void => {
    timer = undefined;
    const now = performance.now();
    to.cork();
    for (let first = held[0]; first && first.dueAtMs <= now + ROUNDING_MS; first = held[0]) {
      held.shift();
      to.write(first.bytes);
    }
    to.uncork();
    if (held[0]) timer = setTimeout(passDue, held[0].dueAtMs - now);
  };
  from.on('data', (bytes: Buffer) => {
    held.push({ bytes, dueAtMs: performance.now() + delayMs });
    timer ??= setTimeout(passDue, delayMs);
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

import { type Duplex } from 'node:stream';

import { type Connection } from 'rhea';

import { privateConnection } from '../rhea-private.js';

// How long a client may take to close its side after it was told that this one is closed.
const FAREWELL_MS = 1_000;

/** Waits for the client to close its side, but not for long, and stops what rhea has running for the connection. */
export function closeSocket(socket: Duplex, connection: Connection): void {
  const farewell = setTimeout(() => socket.destroy(), FAREWELL_MS).unref();
  const gone = (): void => {
    clearTimeout(farewell);
    // rhea's timers live on after a socket that is gone without an end.
    privateConnection(connection)._disconnected();
  };
  if (socket.destroyed) gone();
  else socket.once('close', gone);
}

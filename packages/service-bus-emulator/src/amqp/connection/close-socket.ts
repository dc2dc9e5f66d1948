import { type Duplex } from 'node:stream';

import { type Connection } from 'rhea';

import { privateConnection } from '../rhea-private.js';

// The time within which a client has to close its side after the broker has closed its own.
const CLOSE_TIMEOUT_MS = 1_000;

/** Waits briefly for the client to close its side, then destroys the socket and stops rhea's timers. */
export function closeSocket(socket: Duplex, connection: Connection): void {
  const timeout = setTimeout(() => socket.destroy(), CLOSE_TIMEOUT_MS).unref();
  const gone = (): void => {
    clearTimeout(timeout);
    // rhea's timers go on after a socket has closed without an end.
    privateConnection(connection)._disconnected();
  };
  if (socket.destroyed) gone();
  else socket.once('close', gone);
}

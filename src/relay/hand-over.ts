import { type ServerResponse } from 'node:http';

/** A client that reads nothing for this long is taken for disconnected. */
const STALLED_MS = 30_000;

/** Ends a response with JSON; resolves to whether all of it was handed to the client's socket. */
export function handOver(response: ServerResponse, json: string): Promise<boolean> {
  return new Promise((resolve) => {
    const { socket } = response;
    // Node emits "finish" for a socket that was torn away with half of the response in it, too; and its own
    // listener, which comes first otherwise, lets go of the socket.
    response.prependOnceListener('finish', () => resolve(socket?.destroyed === false));
    response.once('close', () => resolve(false));
    response.setTimeout(STALLED_MS, () => response.destroy());
    response.statusCode = 200;
    response.setHeader('Content-Type', 'application/json; charset=utf-8');
    // A cache must not return the same messages again.
    response.setHeader('Cache-Control', 'no-store');
    response.setHeader('Content-Length', Buffer.byteLength(json));
    response.end(json);
  });
}

import { type Server } from 'node:http';
import { type Socket } from 'node:net';

/**
 * Closes connections whose request is not there as a whole in time: within `timeoutMs` after the connection, or after
 * the response before it. A server's own limits have no effect unless the server itself listens.
 */
export function limitRequestTime(server: Server, timeoutMs: number): void {
  const deadlines = new WeakMap<Socket, NodeJS.Timeout>();
  const begin = (socket: Socket): void =>
    void deadlines.set(socket, setTimeout(() => socket.destroy(), timeoutMs).unref());
  const end = (socket: Socket): void => clearTimeout(deadlines.get(socket));
  server.prependListener('connection', (socket) => {
    begin(socket);
    socket.once('close', () => end(socket));
  });
  server.prependListener('request', (request, response) => {
    const { socket } = request;
    request.once('end', () => {
      // What nobody reads ends after the response: then the time for the next request has begun.
      if (!response.writableFinished) end(socket);
    });
    response.once('finish', () => {
      end(socket);
      if (!socket.destroyed) begin(socket);
    });
  });
  server.on('upgrade', ({ socket }) => end(socket));
}

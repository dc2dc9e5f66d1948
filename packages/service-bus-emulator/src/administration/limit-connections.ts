import { type Server } from 'node:http';

/** Closes connections beyond a maximum: a server's own limit has no effect unless the server itself listens. */
export function limitConnections(server: Server, maxConnections: number): void {
  let connections = 0;
  server.prependListener('connection', (socket) => {
    connections += 1;
    socket.once('close', () => (connections -= 1));
    if (connections > maxConnections) socket.destroy();
  });
}

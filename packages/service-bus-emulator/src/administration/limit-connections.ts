import { type Server } from 'node:http';

/** Cuts connections beyond so many: the bound of a server that listens to no port itself does not count. */
export function limitConnections(server: Server, maxConnections: number): void {
  let connections = 0;
  server.prependListener('connection', (socket) => {
    connections += 1;
    socket.once('close', () => (connections -= 1));
    if (connections > maxConnections) socket.destroy();
  });
}

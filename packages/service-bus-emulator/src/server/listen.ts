import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';

/** A port that is being listened on, with its connections. */
export interface Listening {
  readonly host: string;
  readonly port: number;
  /** Stops listening and closes the remaining connections. */
  close(): Promise<void>;
}

/**
 * Listens on a port (0: any free one) and hands over each connection; refuses connections beyond `maxSockets`.
 * Rejects if the port is taken.
 */
export async function listen(
  { host, port, maxSockets }: { host: string; port: number; maxSockets: number },
  connected: (socket: Socket) => void,
): Promise<Listening> {
  const sockets = new Set<Socket>();
  const server = createServer({ noDelay: true }, (socket) => {
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
    // A reset by the client must end its connection, not the process.
    socket.on('error', () => socket.destroy());
    connected(socket);
  });
  server.maxConnections = maxSockets;
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen({ host, port }, resolve);
  });
  return { host, port: (server.address() as AddressInfo).port, close: () => close(server, sockets) };
}

function close(server: Server, sockets: Set<Socket>): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve());
    // Closing frames that are still being sent get a moment; then the sockets are destroyed.
    setTimeout(() => sockets.forEach((socket) => socket.destroy()), 50).unref();
  });
}

import net, { type AddressInfo, createServer, isIP, type Server, type Socket } from 'node:net';

/** A port that is being listened on, with its connections. */
export interface Listening {
  readonly host: string;
  readonly port: number;
  /** Stops listening and closes the remaining connections. */
  close(): Promise<void>;
}

interface Address {
  /** `localhost` listens on 127.0.0.1 and, where there is IPv6, on ::1 as well. */
  readonly host: string;
  /** 0: any free one. */
  readonly port: number;
  /** Connections beyond it are refused. */
  readonly maxSockets: number;
}

type Connected = (socket: Socket) => void;

/** [Node.js, net.BoundSocket] */
type Bind = new (address: { readonly host: string; readonly port: number }) => object;

// A server that is told a host looks it up, even an address: it loads `dns`, and Node.js 24 compiles an expression for
// IPv6 that takes half of a start. What is bound already needs neither; Node.js 20 has no such class.
const { BoundSocket } = net as { readonly BoundSocket?: Bind };

/** How often a free port is looked for that is free on both of a machine's loopback addresses. */
const MAX_TRIES = 20;
const NO_IPV6 = new Set(['EADDRNOTAVAIL', 'EAFNOSUPPORT']);

/** Listens on a port and hands over each connection. Rejects if the port is taken. */
export async function listen(address: Address, connected: Connected): Promise<Listening> {
  if (address.host !== 'localhost') return listenOn(address, connected);
  for (let tries = 1; ; tries += 1) {
    const first = await listenOn({ ...address, host: '127.0.0.1' }, connected);
    try {
      const second = await listenOn({ ...address, host: '::1', port: first.port }, connected);
      const close = async (): Promise<void> => void (await Promise.all([first.close(), second.close()]));
      return { host: 'localhost', port: first.port, close };
    } catch (error) {
      const { code = '' } = error as NodeJS.ErrnoException;
      if (NO_IPV6.has(code)) return { ...first, host: 'localhost' };
      await first.close();
      if (address.port !== 0 || code !== 'EADDRINUSE' || tries === MAX_TRIES) throw error;
    }
  }
}

async function listenOn({ host, port, maxSockets }: Address, connected: Connected): Promise<Listening> {
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
    if (BoundSocket && isIP(host) !== 0) server.listen(new BoundSocket({ host, port }), resolve);
    else server.listen({ host, port }, resolve);
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

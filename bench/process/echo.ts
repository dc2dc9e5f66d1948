import { connect, createServer, type Server, type Socket } from 'node:net';
import { once } from 'node:events';

import { timed } from '../measure/one-by-one.js';
import { median } from '../measure/statistics.js';

const BYTES = Buffer.alloc(200);
const WARM_UP = 5;

/** Sends back whatever it gets. */
export class EchoServer {
  private constructor(
    private readonly server: Server,
    readonly port: number,
  ) {}

  static async start(): Promise<EchoServer> {
    const server = createServer({ noDelay: true }, (socket) => {
      socket.on('error', () => socket.destroy());
      socket.pipe(socket);
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    return new EchoServer(server, (server.address() as { port: number }).port);
  }

  close(): void {
    this.server.close();
  }
}

/** The median of so many round trips of a few bytes, one after the other, to an echo server behind this port. */
export async function medianEchoMs(port: number, count: number): Promise<number> {
  const socket: Socket = connect({ port, host: '127.0.0.1', noDelay: true });
  await once(socket, 'connect');
  const times: number[] = [];
  for (let index = 0; index < WARM_UP + count; index++) {
    times.push(
      await timed(() => {
        socket.write(BYTES);
        return once(socket, 'data');
      }),
    );
    // Not in step with the timers of the proxy.
    await new Promise((resolve) => setTimeout(resolve, Math.random() * 3));
  }
  socket.destroy();
  return median(times.slice(WARM_UP));
}

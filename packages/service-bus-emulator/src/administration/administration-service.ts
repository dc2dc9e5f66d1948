import { type Server } from 'node:http';
import { type Socket } from 'node:net';

/**
 * Serves the administration API on the connections that it is given; it does not listen on a port itself. Its server
 * is made for the first of them: whoever declares all entities never needs it.
 */
export class AdministrationService {
  #server: Server | undefined;

  constructor(private readonly createServer: () => Server) {}

  /** Serves a connected socket. */
  accept(socket: Socket): void {
    this.#server ??= this.createServer();
    this.#server.emit('connection', socket);
  }

  /** Closes all connections. */
  close(): void {
    this.#server?.closeAllConnections();
  }
}

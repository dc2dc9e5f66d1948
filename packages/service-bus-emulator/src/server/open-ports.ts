import { type Socket } from 'node:net';

import { chooseProtocol } from './choose-protocol.js';
import { listen, type Listening } from './listen.js';
import { type Certificate, createTls } from './tls.js';

/** What each protocol's connections are handed to. */
export interface Services {
  readonly amqp: (socket: Socket) => void;
  readonly http: (socket: Socket) => void;
}

export interface PortOptions {
  readonly host: string;
  /** AMQP, and HTTP beside it. */
  readonly amqp: number;
  /** HTTP alone; false opens none. */
  readonly http: number | false;
  /** Both, by TLS. */
  readonly tls: { readonly port: number; readonly certificate: Certificate } | undefined;
  readonly maxConnections: number;
  readonly handshakeTimeoutMs: number;
}

/** The ports that are open. */
export interface OpenPorts {
  readonly amqp: number;
  readonly http: number;
  readonly tls: number | undefined;
  /** Stops listening and closes the remaining connections. */
  close(): Promise<void>;
}

/** Opens all ports or, if one of them is taken or TLS cannot be served, none; rejects then. */
export async function openPorts(options: PortOptions, services: Services): Promise<OpenPorts> {
  const { host, tls, handshakeTimeoutMs } = options;
  // AMQP's connections, HTTP's, and those whose protocol is not known yet.
  const maxSockets = 2 * options.maxConnections + 100;
  const choose = (socket: Socket): void => chooseProtocol(socket, services, handshakeTimeoutMs);
  const listening: Listening[] = [];
  const close = async (): Promise<void> => void (await Promise.all(listening.map((one) => one.close())));
  const open = async (port: number, connected: (socket: Socket) => void): Promise<number> => {
    const one = await listen({ host, port, maxSockets }, connected);
    listening.push(one);
    return one.port;
  };
  try {
    const secured = tls && createTls(tls.certificate, handshakeTimeoutMs, choose);
    const amqp = await open(options.amqp, choose);
    const http = options.http === false ? amqp : await open(options.http, services.http);
    return { amqp, http, tls: tls && secured && (await open(tls.port, secured)), close };
  } catch (error) {
    await close();
    throw error;
  }
}

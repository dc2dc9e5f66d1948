import { fileURLToPath } from 'node:url';

import { Child } from '../process/child.js';
import { EchoServer, medianEchoMs } from '../process/echo.js';

const PROGRAM = fileURLToPath(new URL('../process/delay-proxy.js', import.meta.url));
const PORT = /127\.0\.0\.1:(\d+)/;
const ECHOES_MS = 600;
const LEAST_ECHOES = 15;
/** A way to a broker that takes time: a proxy, in a process of its own, that delays every byte. */
export class FarBroker {
  private constructor(
    /** The broker's address, by the long way. */
    readonly address: string,
    private readonly proxy: Child,
  ) {}

  /** Puts the broker at this address a round trip away. */
  static async of(address: string, roundTripMs: number): Promise<FarBroker> {
    const { proxy, port } = await startProxy(Number(PORT.exec(address)?.[1]), roundTripMs);
    return new FarBroker(address.replace(PORT, `127.0.0.1:${port}`), proxy);
  }

  /** What a few bytes take from here to a server at this distance and back: the distance, and two processes more. */
  static async echoMs(roundTripMs: number): Promise<number> {
    const server = await EchoServer.start();
    const { proxy, port } = await startProxy(server.port, roundTripMs);
    try {
      return await medianEchoMs(port, Math.max(Math.round(ECHOES_MS / roundTripMs), LEAST_ECHOES));
    } finally {
      await proxy.close();
      server.close();
    }
  }

  close(): Promise<void> {
    return this.proxy.close();
  }
}

async function startProxy(port: number, roundTripMs: number): Promise<{ proxy: Child; port: number }> {
  const proxy = new Child(PROGRAM);
  return { proxy, port: await proxy.ask<number>('start', { port, oneWayMs: roundTripMs / 2 }) };
}

import { fileURLToPath } from 'node:url';

import { Child } from '../process/child.js';

const PROGRAM = fileURLToPath(new URL('../process/delay-proxy.js', import.meta.url));
const PORT = /127\.0\.0\.1:(\d+)/;

/** A way to a broker that takes time: a proxy, in a process of its own, that delays every byte. */
export class FarBroker {
  private constructor(
    /** The broker's address, by the long way. */
    readonly address: string,
    private readonly proxy: Child,
  ) {}

  /** Puts the broker at this address a round trip away. */
  static async of(address: string, roundTripMs: number): Promise<FarBroker> {
    const port = Number(PORT.exec(address)?.[1]);
    const proxy = new Child(PROGRAM);
    const proxyPort = await proxy.ask<number>('start', { port, oneWayMs: roundTripMs / 2 });
    return new FarBroker(address.replace(PORT, `127.0.0.1:${proxyPort}`), proxy);
  }

  close(): Promise<void> {
    return this.proxy.close();
  }
}

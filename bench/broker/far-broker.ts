import { fileURLToPath } from 'node:url';

import { Child } from '../process/child.js';
import { EchoServer, medianEchoMs } from '../process/echo.js';
import { say } from '../report/say.js';

const PROGRAM = fileURLToPath(new URL('../process/delay-proxy.js', import.meta.url));
const PORT = /127\.0\.0\.1:(\d+)/;
const ECHOES_MS = 600;
const LEAST_ECHOES = 15;
/** Beyond that it is the machine that is late, and not the proxy. */
const MAX_EXCESS_MS = 1;

/** What the proxy adds to a round trip by itself, by distance. */
const EXCESSES = new Map<number, number>();

/** A way to a broker that takes time: a proxy, in a process of its own, that delays every byte. */
export class FarBroker {
  private constructor(
    /** The broker's address, by the long way. */
    readonly address: string,
    private readonly proxy: Child,
  ) {}

  /** Puts the broker at this address a round trip away. */
  static async of(address: string, roundTripMs: number): Promise<FarBroker> {
    const excessMs = EXCESSES.get(roundTripMs) ?? (await findExcess(roundTripMs));
    const { proxy, port } = await startProxy(Number(PORT.exec(address)?.[1]), roundTripMs - excessMs);
    return new FarBroker(address.replace(PORT, `127.0.0.1:${port}`), proxy);
  }

  /** What a few bytes take from here to a server at this distance, and back. */
  static async echoMs(roundTripMs: number): Promise<number> {
    const excessMs = EXCESSES.get(roundTripMs) ?? (await findExcess(roundTripMs));
    return echoThrough(roundTripMs, roundTripMs - excessMs);
  }

  close(): Promise<void> {
    return this.proxy.close();
  }
}

/**
 * The proxy's timers have milliseconds only, and its process has to be woken twice in a round trip: what that adds to
 * the time between the same two processes without a proxy is no part of the distance that is meant.
 */
async function findExcess(roundTripMs: number): Promise<number> {
  const server = await EchoServer.start();
  const directMs = await medianEchoMs(server.port, LEAST_ECHOES);
  server.close();
  const measuredMs = await echoThrough(roundTripMs, roundTripMs);
  const excessMs = Math.min(Math.max(measuredMs - directMs - roundTripMs, 0), MAX_EXCESS_MS);
  say(`the proxy for ${roundTripMs} ms is ${excessMs.toFixed(2)} ms late: it delays by that much less`);
  EXCESSES.set(roundTripMs, excessMs);
  return excessMs;
}

async function echoThrough(roundTripMs: number, delayMs: number): Promise<number> {
  const server = await EchoServer.start();
  const { proxy, port } = await startProxy(server.port, delayMs);
  try {
    return await medianEchoMs(port, Math.max(Math.round(ECHOES_MS / roundTripMs), LEAST_ECHOES));
  } finally {
    await proxy.close();
    server.close();
  }
}

async function startProxy(port: number, delayMs: number): Promise<{ proxy: Child; port: number }> {
  const proxy = new Child(PROGRAM);
  return { proxy, port: await proxy.ask<number>('start', { port, oneWayMs: delayMs / 2 }) };
}

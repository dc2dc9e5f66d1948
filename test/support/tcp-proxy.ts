import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';
import { setImmediate as nextTurn, setTimeout as delay } from 'node:timers/promises';

/** How bytes travel through a proxy. */
export interface Conditions {
  /** Each piece arrives that much later, in milliseconds. Default 0. */
  readonly latencyMs?: number;
  /** Bytes that are written at once. Default: as they come. */
  readonly sliceBytes?: number;
}

/** One client's connection: both its ends. */
interface Pair {
  readonly client: Socket;
  readonly server: Socket;
  /** Carries nothing from now on, and tells neither end. */
  isSilent: boolean;
}

/** A bad network between a client and a local server. */
export class TcpProxy {
  conditions: Conditions = {};
  /** Accepts connections, and carries nothing, as if the network were gone. */
  isOut = false;
  private readonly pairs = new Set<Pair>();

  private constructor(
    private readonly listener: Server,
    readonly port: number,
  ) {}

  /** Listens on a free port for what `targetPort` of this machine is to get. */
  static async start(targetPort: number): Promise<TcpProxy> {
    const listener = createServer({ noDelay: true });
    listener.listen(0, '127.0.0.1');
    await once(listener, 'listening');
    const proxy = new TcpProxy(listener, (listener.address() as AddressInfo).port);
    listener.on('connection', (client) => proxy.join(client, targetPort));
    return proxy;
  }

  /** Connections that carry bytes. */
  get connectionCount(): number {
    return [...this.pairs].filter(({ isSilent }) => !isSilent).length;
  }

  /** Ends all connections with a reset. */
  reset(): void {
    for (const { client, server } of this.pairs) {
      client.resetAndDestroy();
      server.resetAndDestroy();
    }
    this.pairs.clear();
  }

  /** Leaves all connections half-open: they look healthy, and nothing arrives. New ones work. */
  silence(): void {
    for (const pair of this.pairs) pair.isSilent = true;
  }

  async close(): Promise<void> {
    this.reset();
    const closed = once(this.listener, 'close');
    this.listener.close();
    await closed;
  }

  private join(client: Socket, targetPort: number): void {
    const server = connect({ port: targetPort, host: '127.0.0.1', noDelay: true });
    const pair: Pair = { client, server, isSilent: this.isOut };
    this.pairs.add(pair);
    this.carry(client, server, pair);
    this.carry(server, client, pair);
  }

  private carry(from: Socket, to: Socket, pair: Pair): void {
    // A chain, so that no piece overtakes another one.
    let last: Promise<void> = Promise.resolve();
    from.on('data', (bytes: Buffer) => {
      const dueMs = performance.now() + (this.conditions.latencyMs ?? 0);
      last = last.then(() => this.write(bytes, to, pair, dueMs));
    });
    from.on('error', () => undefined);
    from.on('close', () => {
      if (pair.isSilent) return;
      this.pairs.delete(pair);
      void last.then(() => to.destroySoon());
    });
  }

  private async write(bytes: Buffer, to: Socket, pair: Pair, dueMs: number): Promise<void> {
    const { sliceBytes = bytes.length } = this.conditions;
    const waitMs = dueMs - performance.now();
    if (waitMs > 0) await delay(waitMs, undefined, { ref: false });
    for (let start = 0; start < bytes.length; start += sliceBytes) {
      if (pair.isSilent || to.destroyed) return;
      to.write(bytes.subarray(start, start + sliceBytes));
      if (sliceBytes < bytes.length) await nextTurn();
    }
  }
}

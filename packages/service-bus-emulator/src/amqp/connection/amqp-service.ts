import { type Duplex } from 'node:stream';

import rhea, { type Container } from 'rhea';

import { IdleWatch } from './idle-watch.js';
import { AmqpConnection, NEVER_LINKED_MS } from './amqp-connection.js';
import { PlainMechanism } from '../authorization/plain-mechanism.js';
import { type AmqpContext } from '../context.js';
import { TransferMemory } from './unfinished-transfers.js';

export interface AmqpLimits {
  readonly maxConnections: number;
  /** Per connection. */
  readonly maxLinks: number;
  /** Time within which a client has to open its connection after it has connected, in milliseconds. */
  readonly handshakeTimeoutMs: number;
}

// In the JavaScript SDK a sender that runs out of credit sleeps for a second.
const SENDER_CREDIT = 2_000;

/** Serves AMQP on the connections that it is given; it does not listen on a port itself. */
export class AmqpService {
  readonly #container: Container;
  readonly #connections = new Set<AmqpConnection>();
  readonly #idle: IdleWatch;
  readonly #transferMemory = new TransferMemory();

  constructor(
    private readonly context: AmqpContext,
    private readonly limits: AmqpLimits,
  ) {
    this.#idle = new IdleWatch(context.clock, (nowMs) => this.#endIdle(nowMs));
    this.#container = rhea.create_container({
      id: 'service-bus-emulator',
      autoaccept: false,
      receiver_options: { autoaccept: false, credit_window: SENDER_CREDIT },
      sender_options: { autosettle: false, treat_modified_as_released: false },
    });
    const mechanisms = this.#container.sasl_server_mechanisms as unknown as Record<string, unknown> & {
      enable_anonymous(): void;
    };
    mechanisms.enable_anonymous();
    mechanisms['PLAIN'] = () => new PlainMechanism(context.authorizer);
    // Otherwise tokens on $cbs decide who may do what: .NET's own mechanism and EXTERNAL count as anonymous here.
    mechanisms['MSSBCBS'] = mechanisms['EXTERNAL'] = mechanisms['ANONYMOUS'];
  }

  get connections(): Iterable<AmqpConnection> {
    return this.#connections;
  }

  /** Serves a connected stream. */
  accept(socket: Duplex): void {
    if (this.#connections.size >= this.limits.maxConnections) return void socket.destroy();
    const connection: AmqpConnection = new AmqpConnection(
      this.#container,
      socket,
      this.context,
      { maxLinks: this.limits.maxLinks, transferMemory: this.#transferMemory },
      () => {
        clearTimeout(deadline);
        this.#connections.delete(connection);
      },
    );
    const deadline = setTimeout(() => {
      if (!connection.opened) connection.drop();
    }, this.limits.handshakeTimeoutMs);
    deadline.unref();
    this.#connections.add(connection);
    if (this.context.endsIdle) this.#idle.expect(this.context.broker.clock.now() + NEVER_LINKED_MS);
  }

  #endIdle(nowMs: number): number {
    let nextMs = Infinity;
    for (const connection of [...this.#connections]) nextMs = Math.min(nextMs, connection.endIdle(nowMs));
    return nextMs;
  }

  /** Closes all connections: the broker is shutting down. */
  close(): void {
    this.#idle.close();
    for (const connection of [...this.#connections]) {
      connection.close({ condition: 'amqp:connection:forced', description: 'The broker is shutting down.' });
    }
  }
}

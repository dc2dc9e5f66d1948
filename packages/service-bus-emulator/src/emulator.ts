import { type Server } from 'node:http';

import { type AmqpService } from './amqp/connection/amqp-service.js';
import { type AmqpContext } from './amqp/context.js';
import { type Faults } from './amqp/faults/faults.js';
import { createEntities } from './create-entities.js';
import { type Entities } from './entities.js';
import { EntityInspection } from './entity-inspection.js';
import { type ErrorCondition } from './model/broker-error.js';
import { type Store } from './store/open-store.js';
import { type Listening } from './server/listen.js';

interface Parts {
  readonly context: AmqpContext;
  readonly amqp: AmqpService;
  readonly administration: Server;
  readonly listening: readonly Listening[];
  readonly keyName: string;
  readonly key: string;
  readonly entities: Entities | undefined;
  readonly store: Store | undefined;
}

/** A running emulator. */
export class Emulator {
  readonly #parts: Parts;
  #closing: Promise<void> | undefined;

  /** @internal */
  constructor(parts: Parts) {
    this.#parts = parts;
  }

  /** Connection string for every SDK. It contains `UseDevelopmentEmulator=true`: connections are not encrypted. */
  get connectionString(): string {
    const { keyName, key } = this.#parts;
    return `Endpoint=sb://${this.#address(0)};SharedAccessKeyName=${keyName};SharedAccessKey=${key};UseDevelopmentEmulator=true;`;
  }

  /** Base URL of the administration API (HTTP), which the AMQP port serves as well. */
  get administrationUrl(): string {
    return `http://${this.#address(this.#parts.listening.length - 1)}`;
  }

  /** The port of AMQP, and beside it of the administration API. */
  get port(): number {
    return (this.#parts.listening[0] as Listening).port;
  }

  /** Provokes failures, for tests. */
  get faults(): Faults {
    return this.#parts.context.faults;
  }

  /** Inspects an entity (`orders`, `events/Subscriptions/audit`, `orders/$DeadLetterQueue`) without changing it. */
  entity(address: string): EntityInspection {
    const { broker } = this.#parts.context;
    broker.wake();
    return new EntityInspection(broker.namespace.source(address).queue);
  }

  /** Detaches all links on an entity, as the cloud does with idle ones; returns how many there were. */
  detachLinks(address: string, condition: ErrorCondition = 'amqp:link:detach-forced'): number {
    const error = { condition, description: `The link on '${address}' is force detached by the emulator.` };
    let detached = 0;
    for (const connection of this.#parts.amqp.connections) detached += connection.detachLinks(address, error);
    return detached;
  }

  /** Cuts all client connections without notice, as a broken network does. */
  dropConnections(): void {
    for (const connection of [...this.#parts.amqp.connections]) connection.drop();
  }

  /** Treats all tokens of the clients as expired and detaches their links. */
  expireTokens(): void {
    for (const connection of this.#parts.amqp.connections) connection.expireTokens();
  }

  /** Restores the initial state: deletes all entities and messages, recreates those of the options, ends all faults. */
  reset(): void {
    const { context, entities } = this.#parts;
    const { broker, faults } = context;
    faults.clear();
    broker.command((nowMs) => {
      const names = [...broker.namespace.queues(), ...broker.namespace.topics()].map(
        ({ description }) => description.name,
      );
      for (const name of names) broker.namespace.deleteEntity(nowMs, name);
      createEntities(broker.namespace, nowMs, entities ?? {});
    });
  }

  /** Closes all connections and stops listening. Messages are lost unless there is a data directory. */
  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  async #close(): Promise<void> {
    const { amqp, administration, listening, context, store } = this.#parts;
    amqp.close();
    administration.closeAllConnections();
    await Promise.all(listening.map((server) => server.close()));
    context.broker.close();
    await store?.close();
  }

  #address(index: number): string {
    const { host, port } = this.#parts.listening[index] as Listening;
    return `${host.includes(':') ? `[${host}]` : host}:${port}`;
  }
}

import { type AdministrationService } from './administration/administration-service.js';
import { type AmqpService } from './amqp/connection/amqp-service.js';
import { type AmqpContext } from './amqp/context.js';
import { type Faults } from './amqp/faults/faults.js';
import { createEntities } from './create-entities.js';
import { type Entities } from './entities.js';
import { EntityInspection } from './entity-inspection.js';
import { type ErrorCondition } from './model/broker-error.js';
import { type Store } from './store/open-store.js';
import { type OpenPorts } from './server/open-ports.js';

interface Parts {
  readonly context: AmqpContext;
  readonly amqp: AmqpService;
  readonly administration: AdministrationService;
  readonly ports: OpenPorts;
  readonly host: string;
  readonly certificate: string | undefined;
  readonly keyName: string;
  readonly key: string;
  readonly entities: Entities | undefined;
  readonly store: Store | undefined;
}

/** What clients need to connect to an emulator by TLS. */
export interface EmulatorTls {
  /** The port of TLS. */
  readonly port: number;
  /** Connection string for every SDK, as the cloud gives it: connections are encrypted. */
  readonly connectionString: string;
  /** The certificate, as PEM. Where it was made at the start, clients trust it by `NODE_EXTRA_CA_CERTS` or the like. */
  readonly certificate: string;
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
    return `${this.#connectionString(this.port)}UseDevelopmentEmulator=true;`;
  }

  /** Base URL of the administration API (HTTP), which the AMQP port serves as well. */
  get administrationUrl(): string {
    const { host, ports } = this.#parts;
    return `http://${host}:${ports.http}`;
  }

  /** The port of AMQP, and beside it of the administration API. */
  get port(): number {
    return this.#parts.ports.amqp;
  }

  /** How to connect by TLS: to AMQP, AMQP over WebSockets, and the administration API. Undefined without TLS. */
  get tls(): EmulatorTls | undefined {
    const { ports, certificate } = this.#parts;
    if (ports.tls === undefined || certificate === undefined) return undefined;
    return { port: ports.tls, certificate, connectionString: this.#connectionString(ports.tls) };
  }

  /** Provokes failures, for tests. */
  get faults(): Faults {
    return this.#parts.context.faults;
  }

  /** The names of all queues and topics. */
  get entityNames(): string[] {
    const { namespace } = this.#parts.context.broker;
    return [...namespace.queues(), ...namespace.topics()].map(({ description }) => description.name);
  }

  /** Inspects an entity (`orders`, `events/Subscriptions/audit`, `orders/$DeadLetterQueue`) without changing it. */
  entity(address: string): EntityInspection {
    const { broker } = this.#parts.context;
    broker.wake();
    return new EntityInspection(broker.namespace.source(address).queue);
  }

  /**
   * Creates those of the entities that do not exist; of a topic that does, the subscriptions that it lacks. Throws a
   * BrokerError where the cloud would refuse one; those before it exist then.
   */
  createEntities(entities: Entities): void {
    const { broker } = this.#parts.context;
    broker.command((nowMs) => createEntities(broker.namespace, nowMs, entities));
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
      for (const name of this.entityNames) broker.namespace.deleteEntity(nowMs, name);
      createEntities(broker.namespace, nowMs, entities ?? {});
    });
  }

  /** Closes all connections and stops listening. Messages are lost unless there is a data directory. */
  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  async #close(): Promise<void> {
    const { amqp, administration, ports, context, store } = this.#parts;
    amqp.close();
    administration.close();
    await ports.close();
    context.broker.close();
    await store?.close();
  }

  #connectionString(port: number): string {
    const { host, keyName, key } = this.#parts;
    return `Endpoint=sb://${host}:${port};SharedAccessKeyName=${keyName};SharedAccessKey=${key};`;
  }
}

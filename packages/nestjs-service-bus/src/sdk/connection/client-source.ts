import { type ServiceBusClient } from '@azure/service-bus';

import { closeClient } from './close-client.js';

/**
 * The clients that bindings receive with: one shared by all, and a new one for a binding whose client no longer works.
 * Closes a client once nobody uses it.
 */
export class ClientSource {
  private readonly users = new Map<ServiceBusClient, number>();
  private readonly forks: ClientSource[] = [];
  private newest?: ServiceBusClient;

  constructor(private readonly make: () => ServiceBusClient) {}

  /** The newest client, created at the first access. */
  get current(): ServiceBusClient {
    return (this.newest ??= this.make());
  }

  /** Returns a source with a client of its own, closed with this one: one connection carries only so much well. */
  fork(): ClientSource {
    const fork = new ClientSource(this.make);
    this.forks.push(fork);
    return fork;
  }

  acquire(): ServiceBusClient {
    const client = this.current;
    this.users.set(client, (this.users.get(client) ?? 0) + 1);
    return client;
  }

  /** Replaces a client that does not work: by a new one, or by the one that another binding has replaced it with. */
  exchange(client: ServiceBusClient): ServiceBusClient {
    if (client === this.newest) this.newest = this.make();
    const next = this.acquire();
    this.release(client);
    return next;
  }

  release(client: ServiceBusClient): void {
    const left = (this.users.get(client) ?? 1) - 1;
    if (left > 0 || client === this.newest) return void this.users.set(client, left);
    this.users.delete(client);
    void closeClient(client);
  }

  async close(): Promise<void> {
    const clients = new Set([...this.users.keys(), ...(this.newest ? [this.newest] : [])]);
    this.users.clear();
    await Promise.all([
      ...[...clients].map((client) => closeClient(client)),
      ...this.forks.map((fork) => fork.close()),
    ]);
  }
}

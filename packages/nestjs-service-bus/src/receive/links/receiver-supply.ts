import { type ServiceBusClient, type ServiceBusReceiver } from '@azure/service-bus';

import { type Binding } from '../../binding/binding.js';
import { type ClientSource, createReceiver, Settler } from '../../sdk/index.js';
import { within } from '../../time/within.js';

const LAST_SETTLEMENTS_MS = 2_000;

/** The client that a binding receives with, and the receivers it makes. */
export class ReceiverSupply {
  private client: ServiceBusClient;
  private current: Settler;

  constructor(
    private readonly clients: ClientSource,
    private readonly binding: Binding,
  ) {
    this.client = clients.acquire();
    this.current = new Settler(this.create());
  }

  /** Settles and renews for all links; it never opens one of its own. */
  get settler(): Settler {
    return this.current;
  }

  /** A receiver for one link. */
  create(): ServiceBusReceiver {
    return createReceiver(this.client, this.binding);
  }

  /** Takes another client; what the old one made has to be given up. */
  exchangeClient(): void {
    this.client = this.clients.exchange(this.client);
    this.current = new Settler(this.create());
  }

  async close(): Promise<void> {
    await within(LAST_SETTLEMENTS_MS, this.current.close());
  }
}

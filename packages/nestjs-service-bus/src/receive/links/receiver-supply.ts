import { type ServiceBusClient, type ServiceBusReceiver } from '@azure/service-bus';

import { type Binding } from '../../binding/binding.js';
import { type ClientSource, createReceiver, Settler } from '../../sdk/index.js';
import { within } from '../../time/within.js';

const LAST_SETTLEMENTS_MS = 2_000;

/** The client that a binding receives with, and its receivers. */
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

  /** Settles and renews the messages of all links; never opens a receiving link itself. */
  get settler(): Settler {
    return this.current;
  }

  /** Creates the receiver for one link. */
  create(): ServiceBusReceiver {
    return createReceiver(this.client, this.binding);
  }

  /** Switches to another client. Receivers of the old one have to be discarded. */
  replaceClient(): void {
    this.client = this.clients.exchange(this.client);
    this.current = new Settler(this.create());
  }

  async close(): Promise<void> {
    await within(LAST_SETTLEMENTS_MS, this.current.close());
  }
}

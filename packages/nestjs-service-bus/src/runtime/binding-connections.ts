import { ClientSource, RECEIVER_RETRY_OPTIONS, type ServiceBusConnection } from '../sdk/index.js';
import { type SendObservers } from '../send/send-observer.js';
import { SenderPool } from '../send/sender-pool.js';

/** A connection string of its own, or undefined for the application's connection. */
type Key = string | undefined;

/** The connections that bindings receive and send their results with; bindings with the same key share them. */
export class BindingConnections {
  private readonly clients = new Map<Key, ClientSource>();
  private readonly senders = new Map<Key, SenderPool>();

  constructor(
    private readonly connectionOf: (key: Key) => ServiceBusConnection,
    private readonly observers: SendObservers,
  ) {}

  /** For receiving, and for the check whether results can be sent. */
  clientsOf(key?: Key): ClientSource {
    let clients = this.clients.get(key);
    if (!clients) {
      const connection = this.connectionOf(key);
      clients = new ClientSource(() => connection.createClient(RECEIVER_RETRY_OPTIONS));
      this.clients.set(key, clients);
    }
    return clients;
  }

  /** They try once: for results, the binding's gate decides when to try again. */
  sendersOf(key: Key): SenderPool {
    let senders = this.senders.get(key);
    if (!senders) {
      senders = new SenderPool(this.connectionOf(key).createClientOfOneTry(), this.observers);
      this.senders.set(key, senders);
    }
    return senders;
  }

  async close(): Promise<void> {
    await Promise.all([
      ...[...this.senders.values()].map((senders) => senders.closeWithClient()),
      ...[...this.clients.values()].map((clients) => clients.close()),
    ]);
  }
}

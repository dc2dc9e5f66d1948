import { type ServiceBusClient } from '@azure/service-bus';

import { closeClient, type ServiceBusConnection } from '../sdk/index.js';
import { type SendObservers } from '../send/send-observer.js';
import { SenderPool } from '../send/sender-pool.js';
import { ReceiverPool } from './receiver-pool.js';

/** What is reached by one key. */
interface Keyed {
  readonly connection: ServiceBusConnection;
  readonly receivingClient: ServiceBusClient;
  readonly senders: SenderPool;
  readonly receivers: ReceiverPool;
}

/** What is reached by keys of single entities, beside the application's own connection. By connection string. */
export class KeyedConnections {
  private readonly byKey = new Map<string, Keyed>();

  constructor(
    private readonly own: ServiceBusConnection,
    private readonly observers: SendObservers,
  ) {}

  /** The application's own connection, or that of a key. */
  connectionOf(key: string | undefined): ServiceBusConnection {
    return key === undefined ? this.own : this.find(key).connection;
  }

  sendersOf(key: string): SenderPool {
    return this.find(key).senders;
  }

  receiversOf(key: string): ReceiverPool {
    return this.find(key).receivers;
  }

  /** Waits for pending sends, then closes everything; each step has a deadline. */
  async close(): Promise<void> {
    const all = [...this.byKey.values()];
    await Promise.all(
      all.flatMap(({ receivingClient, senders, receivers }) => [
        receivers.close(),
        closeClient(receivingClient),
        senders.closeWithClient(),
      ]),
    );
  }

  private find(key: string): Keyed {
    let keyed = this.byKey.get(key);
    if (!keyed) {
      const connection = this.own.withConnectionString(key);
      // They connect when something is sent or received.
      const receivingClient = connection.createClientOfOneTry();
      const sendingClient = connection.createClientOfOneTry();
      keyed = {
        connection,
        receivingClient,
        senders: new SenderPool(sendingClient, this.observers, connection.retrying),
        receivers: new ReceiverPool(receivingClient, connection.retrying),
      };
      this.byKey.set(key, keyed);
    }
    return keyed;
  }
}

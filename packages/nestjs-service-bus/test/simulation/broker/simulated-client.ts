import { type ServiceBusClient } from '@azure/service-bus';

import { type LockWatch } from './lock-watch.js';
import { ReceivingLink } from './receiving-link.js';
import { refusal } from './refusal.js';
import { MANAGEMENT, request } from './request.js';
import { type SettlementPlace } from './settlement-place.js';
import { type SimulatedBroker } from './simulated-broker.js';
import { type SimulatedConnection } from './simulated-connection.js';
import { SimulatedReceiver } from './simulated-receiver.js';
import { SimulatedSender } from './simulated-sender.js';
import { SimulatedSessionReceiver } from './simulated-session-receiver.js';

/** How long the broker waits for an available session before it says that there is none. */
const SESSION_WAIT_MS = 15_000;

/** The SDK's client with one connection, reduced to what the runtime uses. */
export class SimulatedClient {
  constructor(
    private readonly broker: SimulatedBroker,
    readonly connection: SimulatedConnection,
    private readonly locks: LockWatch,
  ) {}

  /** Typed as the runtime expects it. */
  asServiceBusClient(): ServiceBusClient {
    return this as unknown as ServiceBusClient;
  }

  createReceiver(entity: string): SimulatedReceiver {
    return new SimulatedReceiver(this.placeAt(entity));
  }

  createSender(entity: string): SimulatedSender {
    return new SimulatedSender(this.broker, this.connection, entity, this.locks);
  }

  acceptNextSession(entity: string): Promise<SimulatedSessionReceiver> {
    return this.accept(entity, (link, nowMs) =>
      link.queue.sessions?.acceptNext(nowMs, link.receiver, nowMs + SESSION_WAIT_MS),
    );
  }

  acceptSession(entity: string, sessionId: string): Promise<SimulatedSessionReceiver> {
    return this.accept(entity, (link, nowMs) => link.queue.sessions?.accept(nowMs, link.receiver, sessionId));
  }

  close(): Promise<void> {
    this.connection.close();
    return Promise.resolve();
  }

  private accept(
    entity: string,
    ask: (link: ReceivingLink, nowMs: number) => void,
  ): Promise<SimulatedSessionReceiver> {
    const place = this.placeAt(entity);
    return new Promise((resolve, reject) => {
      let receiver: SimulatedSessionReceiver | undefined;
      const link = new ReceivingLink(this.broker, this.connection, place.queue, {
        message: (snapshot) => receiver?.message(snapshot),
        granted: (sessionId, lockedUntilMs) => {
          receiver = new SimulatedSessionReceiver(place, link, sessionId, lockedUntilMs);
          resolve(receiver);
        },
        lost: (reason) => {
          if (receiver) receiver.lost(reason);
          else reject(reason ?? refusal('ServiceCommunicationProblem'));
        },
      });
      link.isOpenAtClient = true;
      request(this.connection, 'open', MANAGEMENT, () => {
        link.attach();
        this.broker.command((nowMs) => ask(link, nowMs));
      }).catch(reject);
    });
  }

  private placeAt(entity: string): SettlementPlace {
    const { broker, connection, locks } = this;
    return { broker, connection, locks, queue: broker.source(entity) };
  }
}

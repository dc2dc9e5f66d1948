import { type BrokerError } from '../../../../service-bus-emulator/src/model/broker-error.js';
import { type Message } from '../../../../service-bus-emulator/src/model/queue/message.js';
import { type Queue } from '../../../../service-bus-emulator/src/model/queue/queue.js';
import {
  type HeldSession,
  Receiver,
  type ReceiverPort,
} from '../../../../service-bus-emulator/src/model/queue/receiver.js';
import { type Connected, type SimulatedConnection } from './simulated-connection.js';
import { type Snapshot, snapshotOf } from './received-message.js';
import { refusal, toRefusal } from './refusal.js';
import { type Way } from './request.js';
import { type SimulatedBroker } from './simulated-broker.js';
import { type SimulatedDelivery } from './simulated-delivery.js';

/** [rhea] Deliveries of a session, from the oldest that the broker has not settled: with so many, no more can come. */
const SESSION_PLACES = 2_048;
/** The SDK's timeout for a drain. */
const DRAIN_MS = 200;

/** Events at the client's end of a link. */
export interface LinkEvents {
  message(snapshot: Snapshot): void;
  granted?(sessionId: string, lockedUntilMs: number): void;
  /** Detached by the broker, with its reason, or lost with the connection. */
  lost(reason: Error | undefined): void;
}

/** Both ends of a receiving link, with the wire between them. */
export class ReceivingLink implements ReceiverPort, Connected, Way {
  isOpenAtBroker = false;
  isOpenAtClient = false;
  readonly receiver: Receiver;
  /** Unique per link. */
  readonly name: string;
  private whenDrained?: () => void;
  private readonly places: SimulatedDelivery[] = [];
  private readonly settledListeners: ((context: { delivery: SimulatedDelivery }) => void)[] = [];

  constructor(
    private readonly broker: SimulatedBroker,
    private readonly connection: SimulatedConnection,
    readonly queue: Queue,
    private readonly events: LinkEvents,
  ) {
    this.receiver = new Receiver(queue, 'peek-lock', this);
    this.name = `link-${broker.nextLinkNumber++}`;
  }

  // Named as in rhea.
  is_open(): boolean {
    return this.isOpenAtClient;
  }

  on(_event: 'settled', listener: (context: { delivery: SimulatedDelivery }) => void): void {
    this.settledListeners.push(listener);
  }

  emitSettled(delivery: SimulatedDelivery): void {
    for (const listener of this.settledListeners) listener({ delivery });
  }

  /** At the broker. @throws BrokerError */
  attach(): void {
    this.broker.command(() => this.queue.attach(this.receiver));
    this.isOpenAtBroker = true;
    this.connection.links.add(this);
  }

  deliver(message: Message): void {
    const snapshot = snapshotOf(message);
    this.connection.toClient(() => {
      if (this.isOpenAtClient && this.hasPlace) this.events.message(snapshot);
    });
  }

  /** A delivery has come. */
  hold(delivery: SimulatedDelivery): void {
    this.places.push(delivery);
  }

  private get hasPlace(): boolean {
    const { places } = this;
    while (places[0]?.remote_settled) places.shift();
    return places.length < SESSION_PLACES;
  }

  drained(): void {
    this.connection.toClient(() => this.whenDrained?.());
  }

  sessionGranted({ id, lockedUntilMs }: HeldSession): void {
    this.connection.toClient(() => this.events.granted?.(id, lockedUntilMs));
  }

  detached(error: BrokerError): void {
    this.isOpenAtBroker = false;
    this.connection.links.delete(this);
    const reason = toRefusal(error);
    this.connection.toClient(() => this.lose(reason));
  }

  /** The broker detaches the link. Whether the locks end with it depends on the conditions. */
  forceDetach(): void {
    if (!this.isOpenAtBroker) return;
    this.endAtBroker();
    this.connection.links.delete(this);
    this.connection.toClient(() => this.lose(refusal('ServiceCommunicationProblem')));
  }

  /** The broker forgets the link, while the client still takes it for open. */
  fallSilent(): void {
    this.endAtBroker();
  }

  endAtBroker(): void {
    if (!this.isOpenAtBroker) return;
    this.isOpenAtBroker = false;
    const { locksEndWithLink } = this.connection.conditions;
    this.broker.command((nowMs) => this.queue.detach(nowMs, this.receiver, locksEndWithLink));
  }

  endAtClient(): void {
    this.lose(undefined);
  }

  addCredit(credit: number): void {
    if (!this.isOpenAtClient) return;
    this.connection.toBroker(() => {
      if (!this.isOpenAtBroker) return;
      const { queue, receiver } = this;
      this.broker.command((nowMs) => queue.flow(nowMs, receiver, receiver.credit + credit, false));
    });
  }

  /** Takes the credit back; resolves when the broker confirms, or after a timeout. */
  drain(): Promise<void> {
    if (!this.isOpenAtClient) return Promise.resolve();
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, DRAIN_MS);
      this.whenDrained = (): void => {
        clearTimeout(timer);
        resolve();
      };
      this.connection.toBroker(() => {
        const { queue, receiver } = this;
        if (this.isOpenAtBroker) this.broker.command((nowMs) => queue.flow(nowMs, receiver, 0, true));
      });
    });
  }

  close(): Promise<void> {
    if (!this.isOpenAtClient) return Promise.resolve();
    this.isOpenAtClient = false;
    return new Promise((resolve) => {
      this.connection.toBroker(() => {
        this.endAtBroker();
        this.connection.links.delete(this);
        this.connection.toClient(resolve);
      });
    });
  }

  /** The client learns that the link is gone. */
  lose(reason: Error | undefined): void {
    if (!this.isOpenAtClient) return;
    this.isOpenAtClient = false;
    this.events.lost(reason);
  }
}

import { Broker } from '../../../../service-bus-emulator/src/model/namespace/broker.js';
import { type Message } from '../../../../service-bus-emulator/src/model/queue/message.js';
import { Namespace } from '../../../../service-bus-emulator/src/model/namespace/namespace.js';
import { type Outcome } from '../../../../service-bus-emulator/src/model/queue/outcome.js';
import { type Queue } from '../../../../service-bus-emulator/src/model/queue/queue.js';
import { type VirtualTime, WORLD } from '../world/virtual-time.js';
import { type SimulatedContent } from './simulated-content.js';

/** The wall-clock time at the beginning of each run, in milliseconds since 1970. */
export const START_MS = Date.UTC(2030, 0, 1);

/** Observes the broker. */
export interface BrokerWatch {
  /** The queue has accepted these messages, and dropped duplicates among them. */
  accepted(queue: string, contents: readonly SimulatedContent[]): void;
  /** The queue has refused all of these messages. */
  refused(queue: string, contents: readonly SimulatedContent[]): void;
  /** The broker has settled a message as its holder asked. */
  settled(message: Message, lockId: number, outcome: Outcome): void;
}

/** The emulator's pure model on virtual time: all rules of Service Bus, without a wire. */
export class SimulatedBroker {
  readonly namespace = new Namespace({ maxStoredBytes: Infinity, newId: () => 'id' });
  nextLinkNumber = 1;
  private readonly broker: Broker;

  constructor(
    time: VirtualTime,
    private readonly watch: BrokerWatch,
  ) {
    let alarm: { isCancelled: boolean } | undefined;
    this.broker = new Broker(
      this.namespace,
      {
        now: () => START_MS + time.nowMs,
        setAlarm: (atMs, ring) => {
          if (alarm) alarm.isCancelled = true;
          const delayMs = Math.max(0, atMs - START_MS - time.nowMs);
          alarm = atMs === Infinity ? undefined : time.after(delayMs, ring, WORLD);
        },
      },
      (error) => {
        throw error;
      },
    );
  }

  command<T>(action: (nowMs: number) => T): T {
    return this.broker.command(action);
  }

  /** @throws BrokerError */
  send(queue: string, contents: readonly SimulatedContent[]): void {
    try {
      this.command((nowMs) => this.namespace.target(queue).send(nowMs, contents));
    } catch (error) {
      this.watch.refused(queue, contents);
      throw error;
    }
    this.watch.accepted(queue, contents);
  }

  /** @throws BrokerError */
  settle(queue: Queue, lockId: number, outcome: Outcome): void {
    this.command((nowMs) => {
      const message = queue.locks.get(lockId);
      queue.settle(nowMs, lockId, outcome);
      if (message) this.watch.settled(message, lockId, outcome);
    });
  }

  source(address: string): Queue {
    return this.namespace.source(address).queue;
  }

  /** All messages at an address, in any state. */
  stored(address: string): Message[] {
    const { store } = this.source(address);
    return store.size === 0 ? [] : [...store.from(0)];
  }
}

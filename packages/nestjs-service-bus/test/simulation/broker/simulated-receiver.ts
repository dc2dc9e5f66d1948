import { type MessageHandlers, type ServiceBusReceivedMessage } from '@azure/service-bus';
import type Long from 'long';

import { peek } from '../../../../service-bus-emulator/src/model/queue/queue-operations.js';
import { lockIdOf, peekedMessage, type Snapshot, snapshotOf } from './received-message.js';
import { ReceivingLink } from './receiving-link.js';
import { refusal, toRefusal } from './refusal.js';
import { MANAGEMENT, request } from './request.js';
import { type SettlementPlace } from './settlement-place.js';
import { Settling } from './settling.js';

// The SDK's RECEIVER_RETRY_OPTIONS: 0.8 s, doubling, 5 s at most.
const FIRST_DELAY_MS = 800;
const MAX_DELAY_MS = 5_000;

type LinkHandlers = MessageHandlers & { preInitialize(): Promise<void>; postInitialize(): Promise<void> };

/** The SDK's receiver without sessions, reduced to what the runtime uses: it subscribes, or only settles. */
export class SimulatedReceiver extends Settling {
  private link?: ReceivingLink;
  private isSuspended = false;
  private isClosed = false;

  constructor(protected readonly place: SettlementPlace) {
    super();
  }

  subscribe(handlers: MessageHandlers, options: { maxConcurrentCalls: number }): { close(): Promise<void> } {
    void this.listen(handlers as LinkHandlers, options.maxConcurrentCalls);
    return {
      close: () => {
        this.isSuspended = true;
        return this.link?.drain() ?? Promise.resolve();
      },
    };
  }

  async renewMessageLock(message: ServiceBusReceivedMessage): Promise<Date> {
    const { broker, connection, queue, locks } = this.place;
    const lock = message.lockToken ?? '';
    try {
      const untilMs = await request(connection, 'renew', MANAGEMENT, () =>
        broker.command((nowMs) => queue.renewLock(nowMs, lockIdOf(message)).lockedUntilMs),
      );
      locks.held(lock, untilMs);
      return new Date(untilMs);
    } catch (error) {
      locks.refused(lock, error);
      throw error;
    }
  }

  peekMessages(
    maxCount: number,
    options: { fromSequenceNumber: Long },
  ): Promise<ServiceBusReceivedMessage[]> {
    const { connection, queue } = this.place;
    return request(connection, 'peek', MANAGEMENT, () =>
      peek(queue, options.fromSequenceNumber.toNumber(), maxCount).map((message) =>
        peekedMessage(snapshotOf(message), connection.conditions.hidesLocks),
      ),
    );
  }

  close(): Promise<void> {
    this.isSuspended = this.isClosed = true;
    const { connection } = this.place;
    // [SDK: closing may never end while the connection is down]
    if (!connection.isUp && connection.conditions.chance(0.3)) return new Promise(() => undefined);
    return this.link?.close() ?? Promise.resolve();
  }

  /** Opens the link, retrying for ever; the SDK does so again when the link is lost. */
  private async listen(handlers: LinkHandlers, credit: number): Promise<void> {
    for (let delayMs = FIRST_DELAY_MS; ; delayMs = Math.min(delayMs * 2, MAX_DELAY_MS)) {
      if (!this.isSuspended) await handlers.preInitialize();
      if (this.isSuspended) return this.report(handlers, aborted());
      try {
        const link = await this.open(handlers, credit);
        if (this.isClosed) return void link.close();
        await handlers.postInitialize();
        if (this.isSuspended) return this.report(handlers, aborted());
        return link.addCredit(credit);
      } catch (error) {
        this.report(handlers, error as Error);
      }
      await new Promise<void>((resolve) => setTimeout(resolve, delayMs));
    }
  }

  private async open(handlers: LinkHandlers, credit: number): Promise<ReceivingLink> {
    const { broker, connection, queue } = this.place;
    if (!connection.isUp) throw refusal('ServiceCommunicationProblem');
    const link = new ReceivingLink(broker, connection, queue, {
      message: (snapshot) => void this.take(handlers, link, snapshot),
      lost: (reason) => {
        if (reason) this.report(handlers, reason);
        void this.listen(handlers, credit);
      },
    });
    let refused: Error | undefined;
    await request(connection, 'open', MANAGEMENT, () => {
      try {
        link.attach();
      } catch (error) {
        // The broker opens a link before it refuses it.
        refused = toRefusal(error);
      }
    });
    link.isOpenAtClient = true;
    const reason = refused;
    if (reason) setTimeout(() => link.lose(reason), connection.conditions.latency());
    this.link = link;
    return link;
  }

  private async take(handlers: LinkHandlers, link: ReceivingLink, snapshot: Snapshot): Promise<void> {
    const message = this.messageOf(snapshot, link);
    this.place.locks.held(message.lockToken ?? '', snapshot.lockedUntilMs);
    await handlers.processMessage(message);
    if (!this.isSuspended) link.addCredit(1);
  }

  private report(handlers: LinkHandlers, error: Error): void {
    void handlers.processError({
      error: error,
      errorSource: 'receive',
      entityPath: this.place.queue.address,
      fullyQualifiedNamespace: 'simulated',
      identifier: 'simulated',
    });
  }
}

function aborted(): Error {
  return Object.assign(new Error('the receiver was suspended'), { name: 'AbortError' });
}

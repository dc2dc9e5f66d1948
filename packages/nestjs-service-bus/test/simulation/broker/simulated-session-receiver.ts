import { type MessageHandlers } from '@azure/service-bus';

import { type Snapshot } from './received-message.js';
import { type ReceivingLink } from './receiving-link.js';
import { refusal } from './refusal.js';
import { MANAGEMENT, request } from './request.js';
import { type SettlementPlace } from './settlement-place.js';
import { Settling } from './settling.js';

/** The SDK's receiver of one session: its link is open from the start, and is never reopened. */
export class SimulatedSessionReceiver extends Settling {
  sessionLockedUntilUtc: Date;
  isClosed = false;
  private handlers?: MessageHandlers;
  private isSuspended = false;

  constructor(
    protected readonly place: SettlementPlace,
    private readonly link: ReceivingLink,
    readonly sessionId: string,
    lockedUntilMs: number,
  ) {
    super();
    this.sessionLockedUntilUtc = new Date(lockedUntilMs);
    place.locks.held(this.lock, lockedUntilMs);
  }

  subscribe(handlers: MessageHandlers, options: { maxConcurrentCalls: number }): { close(): Promise<void> } {
    if (!this.link.isOpenAtClient) throw refusal('SessionLockLost');
    this.handlers = handlers;
    this.link.addCredit(options.maxConcurrentCalls);
    return {
      close: () => {
        this.isSuspended = true;
        return this.link.drain();
      },
    };
  }

  async renewSessionLock(): Promise<Date> {
    const { broker, connection, queue, locks } = this.place;
    if (this.isClosed) throw refusal('SessionLockLost');
    try {
      const untilMs = await request(connection, 'renew', MANAGEMENT, () =>
        broker.command((nowMs) => {
          // [Service Bus: only the link that holds the session renews it]
          if (!this.link.isOpenAtBroker || !queue.sessions) throw refusal('SessionLockLost');
          return queue.sessions.renew(nowMs, this.sessionId).lockedUntilMs;
        }),
      );
      locks.held(this.lock, untilMs);
      this.sessionLockedUntilUtc = new Date(untilMs);
      return this.sessionLockedUntilUtc;
    } catch (error) {
      locks.refused(this.lock, error);
      throw error;
    }
  }

  close(): Promise<void> {
    this.isClosed = true;
    return this.link.close();
  }

  /** A message arrives on the link. */
  message(snapshot: Snapshot): void {
    void this.take(snapshot);
  }

  /** The link was detached with a reason, or lost silently with the connection. */
  lost(reason: Error | undefined): void {
    this.isClosed = true;
    // [SDK: a lost connection is reported as SessionLockLost]
    const error = reason ?? refusal('SessionLockLost');
    this.place.locks.refused(this.lock, refusal('SessionLockLost'));
    void this.handlers?.processError({
      error: error,
      errorSource: 'receive',
      entityPath: this.place.queue.address,
      fullyQualifiedNamespace: 'simulated',
      identifier: 'simulated',
    });
  }

  private get lock(): string {
    return this.link.name;
  }

  private async take(snapshot: Snapshot): Promise<void> {
    await this.handlers?.processMessage(this.messageOf(snapshot, this.link));
    if (!this.isSuspended) this.link.addCredit(1);
  }
}

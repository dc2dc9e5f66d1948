/** A message as the oracle sees it, wherever it is. */
export interface OracleMessage {
  /** Unique, even among messages with the same message id. */
  readonly key: string;
  readonly messageId: string;
  readonly sessionId: string | undefined;
  readonly timeToLiveMs: number;
  readonly scheduledAtMs: number;
  readonly isRed: boolean;
  hops: number;
  state: 'active' | 'deferred' | 'scheduled';
  deliveryCount: number;
  expiresAtMs: number;
  lock: { untilMs: number; lockId: number; holder: OracleReceiver | undefined } | undefined;
  /** Taken from the model, not predicted: the model chooses the order of what is due at the same time. */
  sequenceNumber: number;
}

export interface OracleReceiver {
  readonly queue: OracleQueue;
  readonly takesLocks: boolean;
  credit: number;
  isAttached: boolean;
  sessionId: string | undefined;
  /** When its wait for a session ends. */
  waitsUntilMs: number | undefined;
}

export interface OracleSession {
  holder: OracleReceiver;
  untilMs: number;
}

/** The settings of an entity that can change while messages are in it. */
export interface OracleSettings {
  lockDurationMs: number;
  maxDeliveryCount: number;
  timeToLiveMs: number;
  deadLettersExpired: boolean;
  status: 'Active' | 'Disabled' | 'SendDisabled' | 'ReceiveDisabled';
  forwardTo: string | undefined;
  forwardDeadLettersTo: string | undefined;
}

/** The messages of one message queue, in no order. */
export class OracleQueue {
  readonly messages = new Map<string, OracleMessage>();
  /** The held sessions. */
  readonly sessions = new Map<string, OracleSession>();
  readonly receivers = new Set<OracleReceiver>();

  constructor(
    readonly address: string,
    readonly settings: OracleSettings,
    readonly kind: 'main' | 'dead-letter',
    readonly hasSessions: boolean,
    readonly isPartitioned: boolean,
  ) {}

  /** Why nobody may receive; undefined if receiving is allowed. */
  get closed(): string | undefined {
    const { status } = this.settings;
    return status === 'Disabled' || status === 'ReceiveDisabled'
      ? 'com.microsoft:entity-disabled'
      : undefined;
  }

  get isForwarding(): boolean {
    return this.kind === 'main' && this.settings.forwardTo !== undefined;
  }

  /** What can be delivered now, by sequence number; of one session if there are any. */
  ready(sessionId?: string): OracleMessage[] {
    return [...this.messages.values()]
      .filter((message) => message.state === 'active' && !message.lock)
      .filter((message) => !this.hasSessions || message.sessionId === sessionId)
      .sort((a, b) => a.sequenceNumber - b.sequenceNumber);
  }

  /** The free sessions with messages to deliver. */
  availableSessions(): string[] {
    const waiting = [...this.messages.values()].filter(({ state, lock }) => state === 'active' && !lock);
    return [...new Set(waiting.map(({ sessionId = '' }) => sessionId))].filter(
      (id) => !this.sessions.has(id),
    );
  }

  byState(state: OracleMessage['state']): OracleMessage[] {
    return [...this.messages.values()]
      .filter((message) => message.state === state)
      .sort((a, b) => a.sequenceNumber - b.sequenceNumber);
  }

  locked(): OracleMessage[] {
    return [...this.messages.values()].filter(({ lock }) => lock);
  }
}

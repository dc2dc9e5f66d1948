import { type ServiceBusSessionReceiver } from '@azure/service-bus';

import { type LockRenewer, type RenewableLock } from '../../delivery/lock-renewer.js';
import { pause } from '../../time/pause.js';
import { within } from '../../time/within.js';

/** How long a session may be somebody else's, in milliseconds. */
const PATIENCE_MS = 30_000;
const ASK_AGAIN_MS = 250;

/** A session of a binding's entity, held while dead letters of it are redriven. */
export class HeldSession implements RenewableLock {
  renewAtMs = 0;
  lockEndsAtMs = 0;
  isRenewing = false;
  isLost = false;
  /** Told when the session is lost. */
  onLost?: (cause: unknown) => void = undefined;

  constructor(readonly receiver: ServiceBusSessionReceiver) {}

  get lockedUntilUtc(): Date {
    return this.receiver.sessionLockedUntilUtc;
  }

  renew(): Promise<Date> {
    return this.receiver.renewSessionLock();
  }

  lose(cause?: unknown): void {
    this.isLost = true;
    this.onLost?.(cause);
  }
}

/** Those who wait for a session, one behind the other, and the session once it is held. */
interface Line {
  waiting: number;
  last: Promise<void>;
  session?: HeldSession | undefined;
  /** It could not be had: those behind need not ask again. */
  isRefused?: boolean;
}

/**
 * Holds the sessions of dead letters that are redriven, so that nobody else has a message of the same session in work
 * meanwhile. A dead-letter queue itself has no sessions: its messages are put in line here.
 */
export class SessionTurns {
  private readonly lines = new Map<string, Line>();
  private readonly closing = new AbortController();

  constructor(
    private readonly accept: (sessionId: string) => Promise<ServiceBusSessionReceiver>,
    private readonly locks: LockRenewer,
    private readonly patienceMs = PATIENCE_MS,
  ) {}

  /**
   * Runs work while its session is held, after all that were put in line for it before. Resolves with undefined,
   * without having run it, if somebody else keeps the session.
   */
  async run<Result>(
    sessionId: string,
    work: (session: HeldSession) => Promise<Result>,
  ): Promise<Result | undefined> {
    const line = this.lines.get(sessionId) ?? { waiting: 0, last: Promise.resolve() };
    this.lines.set(sessionId, line);
    line.waiting++;
    const { last } = line;
    let end!: () => void;
    line.last = new Promise((resolve) => (end = resolve));
    await last;
    try {
      const session = await this.sessionOf(line, sessionId);
      return session && (await work(session));
    } finally {
      end();
      if (--line.waiting === 0) {
        this.lines.delete(sessionId);
        this.release(line);
      }
    }
  }

  /** Nobody is let in any more; those who hold a session keep it until they are done. */
  close(): void {
    this.closing.abort();
  }

  private async sessionOf(line: Line, sessionId: string): Promise<HeldSession | undefined> {
    if (this.closing.signal.aborted || line.isRefused) return undefined;
    if (line.session && !line.session.isLost) return line.session;
    this.release(line);
    const receiver = await this.ask(sessionId);
    line.isRefused = receiver === undefined;
    line.session = receiver && new HeldSession(receiver);
    if (line.session) this.locks.add(line.session);
    return line.session;
  }

  /** Asks until the session is ours: its holder may be one of our own, which lets go when it is idle. */
  private async ask(sessionId: string): Promise<ServiceBusSessionReceiver | undefined> {
    const { signal } = this.closing;
    const giveUpAtMs = performance.now() + this.patienceMs;
    do {
      const accepting = this.accept(sessionId);
      const outcome = await within(Math.max(giveUpAtMs - performance.now(), ASK_AGAIN_MS), accepting);
      if (outcome === 'done' && !signal.aborted) return accepting;
      // One that is granted too late is nobody's.
      accepting.then(release, () => undefined);
      await pause(ASK_AGAIN_MS, signal);
    } while (performance.now() < giveUpAtMs && !signal.aborted);
    return undefined;
  }

  private release({ session }: Line): void {
    if (!session) return;
    this.locks.remove(session);
    release(session.receiver);
  }
}

function release(receiver: ServiceBusSessionReceiver): void {
  receiver.close().catch(() => undefined);
}

import { randomUUID } from 'node:crypto';

import { type ServiceBusSessionReceiver } from '@azure/service-bus';

import { type Binding } from '../../binding/binding.js';
import {
  acceptSession,
  type ClientSource,
  errorCode,
  RECEIVER_RETRY_OPTIONS,
  throttlePauseMs,
} from '../../sdk/index.js';
import { AcceptTimeoutError } from './accept-timeout.error.js';
import { type Clock } from '../../time/clock.js';
import { pause } from '../../time/pause.js';
import { Slots } from '../concurrency/slots.js';

/** Requests for a session that wait at the broker at once, however many may be held: each is repeated anyway. */
const MAX_WAITING = 16;
/** The broker answers by the client's timeout at the latest; with no answer 2 s later, the link is dead. */
const ACCEPT_TIMEOUT_MS = (RECEIVER_RETRY_OPTIONS.timeoutInMs ?? 60_000) + 2_000;
/** A session requested by its id is granted or refused at once. */
const PROBE_TIMEOUT_MS = 5_000;
/** Delay before the next request if the broker says "none" at once. */
const PAUSE_MS = 1_000;
const FIRST_DELAY_MS = 100;
const MAX_DELAY_MS = 3_000;

/** After this many probes in a row with neither answer nor error, the client counts as stuck. */
const MAX_UNANSWERED = 2;

const NO_SESSION = new Set<string | undefined>(['ServiceTimeout', 'SessionCannotBeLocked']);

/** Told whether sessions can be accepted. */
export interface AcceptorObserver {
  /** `isAccepting` has changed. */
  changed(): void;
  /** The broker refuses, or cannot be reached; the acceptor keeps trying. */
  refused(error: Error): void;
}

/**
 * Accepts sessions of one binding. A broker without an available session stays silent for long, so the acceptor
 * finds out whether it grants sessions at all by requesting a probe session, which nobody sends to.
 */
export class SessionAcceptor {
  /** True once the broker has granted the probe session, until a request fails. */
  isAccepting = false;

  private readonly waiting = new Slots(MAX_WAITING);
  private readonly pending = new Set<() => void>();
  private readonly closing = new AbortController();
  private probing?: Promise<void>;

  constructor(
    private readonly clients: ClientSource,
    private readonly binding: Binding,
    private readonly observer: AcceptorObserver,
    private readonly clock: Clock,
    private client = clients.acquire(),
    /** Those who wait for a session, whichever request it is granted to. */
    private readonly takers = new Set<(receiver: ServiceBusSessionReceiver) => void>(),
  ) {}

  /**
   * Another one in the place of this, which is closed: with its client, on which sessions may still be held, and which
   * requests still wait on.
   */
  renewed(): SessionAcceptor {
    const { clients, binding, observer, clock, client, takers } = this;
    return new SessionAcceptor(clients, binding, observer, clock, client, takers);
  }

  /** The next available session; undefined if there was none for a while. Never rejects. */
  async next(): Promise<ServiceBusSessionReceiver | undefined> {
    if (!this.waiting.tryTake() && !(await this.waiting.take())) return undefined;
    try {
      if (!this.isAccepting) await (this.probing ??= this.probe());
      if (this.isClosed) return undefined;
      return await this.acceptNext();
    } finally {
      this.waiting.release();
    }
  }

  /** Stops waiting for sessions; one that is granted later is for whoever waits then, or released at once. */
  close(): void {
    this.closing.abort();
    this.waiting.close();
    for (const timeOut of this.pending) timeOut();
  }

  /** Waits; resolves with false if the acceptor was closed meanwhile. */
  async pause(delayMs: number): Promise<boolean> {
    await pause(delayMs, this.closing.signal);
    return !this.isClosed;
  }

  get isClosed(): boolean {
    return this.closing.signal.aborted;
  }

  private async acceptNext(): Promise<ServiceBusSessionReceiver | undefined> {
    const startedAtMs = this.clock.now();
    try {
      return await this.withTimeout(this.request(), ACCEPT_TIMEOUT_MS, this.takers);
    } catch (error) {
      if (this.isClosed) return undefined;
      if (!NO_SESSION.has(errorCode(error))) {
        this.invalidate();
        await this.pause(throttlePauseMs(error, this.clock.random));
      } else if (this.clock.now() - startedAtMs < PAUSE_MS) await this.pause(PAUSE_MS);
      return undefined;
    }
  }

  /** The connection may be gone, which the SDK does not always notice: all pending requests are repeated. */
  private invalidate(): void {
    if (!this.isAccepting) return;
    this.isAccepting = false;
    for (const timeOut of this.pending) timeOut();
    this.observer.changed();
  }

  private async probe(): Promise<void> {
    let delayMs = FIRST_DELAY_MS / 2;
    let throttledMs = 0;
    const nextDelay = (): number => {
      delayMs = Math.min(delayMs * 2, MAX_DELAY_MS);
      return Math.max(delayMs, throttledMs);
    };
    let unanswered = 0;
    do {
      try {
        release(await this.withTimeout(this.request(`probe-${randomUUID()}`), PROBE_TIMEOUT_MS));
        this.isAccepting = true;
        this.observer.changed();
        break;
      } catch (error) {
        const cause = await this.causeOf(error);
        throttledMs = throttlePauseMs(cause, this.clock.random);
        if (!this.isClosed) this.observer.refused(cause);
        unanswered = error instanceof AcceptTimeoutError ? unanswered + 1 : 0;
      }
      if (unanswered >= MAX_UNANSWERED && !this.isClosed) {
        unanswered = 0;
        this.client = this.clients.exchange(this.client);
      }
    } while (await this.pause(nextDelay()));
    this.probing = undefined;
  }

  /** The SDK reports every refusal of a session by id as "cannot be locked": asking for any session tells the cause. */
  private async causeOf(error: unknown): Promise<Error> {
    if (errorCode(error) !== 'SessionCannotBeLocked' || this.isClosed) return toError(error);
    try {
      release(await this.withTimeout(this.request(), ACCEPT_TIMEOUT_MS));
      return toError(error);
    } catch (cause) {
      return toError(NO_SESSION.has(errorCode(cause)) ? error : cause);
    }
  }

  private request(sessionId?: string): Promise<ServiceBusSessionReceiver> {
    return acceptSession(this.client, this.binding, sessionId);
  }

  /**
   * The SDK's request cannot be cancelled. A session that is granted after the timeout goes to one of the takers: those
   * who ask anew stand behind the requests that were given up, and would get theirs after all of them were released.
   */
  private withTimeout(
    accepting: Promise<ServiceBusSessionReceiver>,
    timeoutMs: number,
    takers = new Set<(receiver: ServiceBusSessionReceiver) => void>(),
  ): Promise<ServiceBusSessionReceiver> {
    const { client } = this;
    return new Promise((resolve, reject) => {
      let isOver = false;
      const finish = (): void => {
        isOver = true;
        clearTimeout(timer);
        this.pending.delete(timeOut);
        takers.delete(take);
      };
      const take = (receiver: ServiceBusSessionReceiver): void => {
        finish();
        resolve(receiver);
      };
      const timeOut = (): void => {
        finish();
        reject(new AcceptTimeoutError(this.binding.entityPath));
      };
      const timer = setTimeout(timeOut, timeoutMs);
      this.pending.add(timeOut);
      takers.add(take);
      accepting.then(
        (receiver) => {
          if (!isOver) return take(receiver);
          const [other] = client === this.clients.current ? takers : [];
          if (other) other(receiver);
          else release(receiver);
        },
        (error: unknown) => {
          finish();
          reject(toError(error));
        },
      );
    });
  }
}

function release(receiver: ServiceBusSessionReceiver): void {
  receiver.close().catch(() => undefined);
}

// A connection that breaks silently makes the SDK reject with undefined.
function toError(error: unknown): Error {
  return error instanceof Error ? error : new Error('the connection was lost', { cause: error });
}

import { randomUUID } from 'node:crypto';

import { type ServiceBusClient, type ServiceBusSessionReceiver } from '@azure/service-bus';

import { type Binding } from '../../binding/binding.js';
import { acceptSession, type ClientSource, errorCode, RECEIVER_RETRY_OPTIONS } from '../../sdk/index.js';
import { AcceptTimeoutError } from './session-accept-timeout.error.js';
import { type Clock } from '../../time/clock.js';
import { pause } from '../../time/pause.js';
import { Slots } from '../concurrency/slots.js';

/** More need not wait for a session at once, however many may be held: each asks again and again. */
const MAX_WAITING = 16;
/** The broker answers after the client's timeout; without an answer for this much longer the link is dead. */
const ANSWER_MS = (RECEIVER_RETRY_OPTIONS.timeoutInMs ?? 60_000) + 2_000;
/** A session that is asked for by its id is granted or refused at once. */
const PROOF_MS = 5_000;
/** A broker that says "none" at once is not asked again at once. */
const PAUSE_MS = 1_000;
const FIRST_DELAY_MS = 100;
const MAX_DELAY_MS = 3_000;

/** A probe that gets no answer this many times, and no error either, has a client that does not work any more. */
const MAX_UNANSWERED = 2;

const NO_SESSION = new Set<string | undefined>(['ServiceTimeout', 'SessionCannotBeLocked']);

/** Who wants to know whether sessions can be accepted. */
export interface AcceptorObserver {
  /** The broker grants sessions, or an error has ended that. */
  changed(): void;
  /** The broker refuses, or cannot be reached; the acceptor goes on trying. */
  refused(error: Error): void;
}

/**
 * Accepts sessions of one binding. A broker without an available session says nothing for long, so whether it
 * would grant one is found out with a session of our own, which nobody sends to.
 */
export class SessionAcceptor {
  /** The broker has granted a session, and nothing has gone wrong since. */
  isProven = false;

  private readonly waiting = new Slots(MAX_WAITING);
  private readonly pending = new Set<() => void>();
  private readonly closing = new AbortController();
  private client: ServiceBusClient;
  private proving?: Promise<void>;

  constructor(
    private readonly clients: ClientSource,
    private readonly binding: Binding,
    private readonly observer: AcceptorObserver,
    private readonly clock: Clock,
  ) {
    this.client = clients.acquire();
  }

  /** The next available session, or nothing when there was none for a while. Never rejects. */
  async next(): Promise<ServiceBusSessionReceiver | undefined> {
    if (!this.waiting.tryTake() && !(await this.waiting.take())) return undefined;
    try {
      if (!this.isProven) await (this.proving ??= this.prove());
      if (this.isClosed) return undefined;
      return await this.acceptNext();
    } finally {
      this.waiting.release();
    }
  }

  /** Waits for no session any more; one that comes still is released at once. */
  close(): void {
    this.closing.abort();
    this.waiting.close();
    for (const giveUp of this.pending) giveUp();
  }

  /** False when the acceptor was closed meanwhile. */
  async pause(delayMs: number): Promise<boolean> {
    await pause(delayMs, this.closing.signal);
    return !this.isClosed;
  }

  private get isClosed(): boolean {
    return this.closing.signal.aborted;
  }

  private async acceptNext(): Promise<ServiceBusSessionReceiver | undefined> {
    const startedAtMs = this.clock.now();
    try {
      return await this.inTime(this.ask(), ANSWER_MS);
    } catch (error) {
      if (this.isClosed) return undefined;
      if (!NO_SESSION.has(errorCode(error))) this.doubt();
      else if (this.clock.now() - startedAtMs < PAUSE_MS) await this.pause(PAUSE_MS);
      return undefined;
    }
  }

  /** The connection may be gone. The SDK does not always notice, so whoever waits asks again. */
  private doubt(): void {
    if (!this.isProven) return;
    this.isProven = false;
    for (const giveUp of this.pending) giveUp();
    this.observer.changed();
  }

  private async prove(): Promise<void> {
    let delayMs = FIRST_DELAY_MS;
    let unanswered = 0;
    do {
      try {
        letGo(await this.inTime(this.ask(`probe-${randomUUID()}`), PROOF_MS));
        this.isProven = true;
        this.observer.changed();
        break;
      } catch (error) {
        const cause = await this.causeOf(error);
        if (!this.isClosed) this.observer.refused(cause);
        unanswered = error instanceof AcceptTimeoutError ? unanswered + 1 : 0;
      }
      if (unanswered >= MAX_UNANSWERED && !this.isClosed) {
        unanswered = 0;
        this.client = this.clients.exchange(this.client);
      }
      delayMs = Math.min(delayMs * 2, MAX_DELAY_MS);
    } while (await this.pause(delayMs));
    this.proving = undefined;
  }

  /** Asked for a session by its id, the SDK says "cannot be locked" of every refusal: only the other way tells. */
  private async causeOf(error: unknown): Promise<Error> {
    if (errorCode(error) !== 'SessionCannotBeLocked' || this.isClosed) return toError(error);
    try {
      letGo(await this.inTime(this.ask(), ANSWER_MS));
      return toError(error);
    } catch (cause) {
      return toError(NO_SESSION.has(errorCode(cause)) ? error : cause);
    }
  }

  private ask(sessionId?: string): Promise<ServiceBusSessionReceiver> {
    return acceptSession(this.client, this.binding, sessionId);
  }

  /** The SDK cannot be told to stop waiting: what it still brings then is released. */
  private inTime(
    accepting: Promise<ServiceBusSessionReceiver>,
    timeoutMs: number,
  ): Promise<ServiceBusSessionReceiver> {
    return new Promise((resolve, reject) => {
      let isOver = false;
      const finish = (): void => {
        isOver = true;
        clearTimeout(timer);
        this.pending.delete(giveUp);
      };
      const giveUp = (): void => {
        finish();
        reject(new AcceptTimeoutError(this.binding.entityPath));
      };
      const timer = setTimeout(giveUp, timeoutMs);
      this.pending.add(giveUp);
      accepting.then(
        (receiver) => {
          if (isOver) return letGo(receiver);
          finish();
          resolve(receiver);
        },
        (error: unknown) => {
          finish();
          reject(toError(error));
        },
      );
    });
  }
}

function letGo(receiver: ServiceBusSessionReceiver): void {
  receiver.close().catch(() => undefined);
}

// A connection that breaks without a word rejects with undefined.
function toError(error: unknown): Error {
  return error instanceof Error ? error : new Error('the connection was lost', { cause: error });
}

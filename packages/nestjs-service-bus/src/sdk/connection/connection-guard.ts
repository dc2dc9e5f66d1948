import { type Socket } from 'node:net';

import { type ServiceBusClient } from '@azure/service-bus';

import { contextOf, type SdkContext } from '../sdk-context.js';

const LOOK_EVERY_MS = 500;
/** After this share of the silence that is allowed, ask the broker for a sign of life. */
const ASK_AFTER_SHARE = 0.4;
/** After this long without a byte, an open connection is dead. */
export const DEFAULT_MAX_SILENCE_MS = 7_000;
/** Up to this share later, by chance: not all clients of a broker that stands still are to come back at once. */
const JITTER_SHARE = 0.15;
/**
 * [Service Bus] In maintenance a living connection may stand still for half a minute. Whoever holds sessions would lose
 * them with it, and their order's turn; their locks last as long.
 */
const MAX_SILENCE_WITH_SESSIONS_MS = 30_000;
/** So is one that is being opened: with the pause before the next try, recovery takes less than 10 s. */
const UNOPENED_AFTER_MS = 5_000;

/** No byte has arrived on the connection, although the broker was asked for one. */
class SilentConnectionError extends Error {
  override readonly name = 'SilentConnectionError';
  // With these the SDK sees a network error, and tries again.
  readonly code = 'ETIMEDOUT';
  readonly syscall = 'read';
  readonly errno = -110;

  constructor(silenceMs: number) {
    super(`no byte has come for ${Math.round(silenceMs)} ms: the connection is dead`);
  }
}

const guards = new WeakMap<SdkContext, ConnectionGuard>();

/**
 * Ends connections that look open and are dead (half-open TCP), so that the SDK opens a new one. The SDK itself notices
 * after two minutes. Service Bus may refuse a client that wants heartbeats more often than once a minute, so the guard
 * begins an AMQP session on a quiet connection: the broker must answer that [AMQP 2.5.1].
 */
export class ConnectionGuard {
  private readonly timer: NodeJS.Timeout;
  private socket?: Partial<Socket>;
  private bytesRead = 0;
  private heardAtMs = 0;
  private lookedAtMs = performance.now();
  private question?: AbortController;

  private readonly jitter = 1 + Math.random() * JITTER_SHARE;

  private constructor(
    private readonly context: SdkContext,
    private readonly maxSilenceMs: number,
  ) {
    this.timer = setInterval(() => this.look(), LOOK_EVERY_MS);
    this.timer.unref();
    guards.set(context, this);
  }

  /** Watches all connections of a client, one after the other, until the client is closed. */
  static watch(client: ServiceBusClient, maxSilenceMs = DEFAULT_MAX_SILENCE_MS): ConnectionGuard | undefined {
    const context = contextOf(client);
    return context && new ConnectionGuard(context, maxSilenceMs);
  }

  /** The client is closed. The SDK itself forgets that with the connection that it makes in the place of the last. */
  static unwatch(context: SdkContext): void {
    guards.get(context)?.close();
  }

  close(): void {
    clearInterval(this.timer);
    this.question?.abort();
  }

  private look(): void {
    if (this.context.wasConnectionCloseCalled) return this.close();
    const nowMs = performance.now();
    // While our own process was busy, bytes may have arrived that nobody has read.
    const wasBusy = nowMs - this.lookedAtMs > 2 * LOOK_EVERY_MS;
    this.lookedAtMs = nowMs;
    const { socket } = this.context.connection._connection;
    if (socket?.bytesRead === undefined || socket.destroyed) return this.heard(undefined, nowMs);
    if (wasBusy || socket !== this.socket || socket.bytesRead !== this.bytesRead) {
      return this.heard(socket, nowMs);
    }
    const silenceMs = nowMs - this.heardAtMs;
    const isOpen = this.context.connection.isOpen();
    const deadAfterMs = isOpen ? this.deadAfterMs() : UNOPENED_AFTER_MS;
    if (silenceMs >= deadAfterMs) {
      socket.destroy?.(new SilentConnectionError(silenceMs));
    } else if (isOpen && silenceMs >= deadAfterMs * ASK_AFTER_SHARE && !this.question) void this.ask();
  }

  private deadAfterMs(): number {
    const holdsSessions = Object.keys(this.context.messageSessions ?? {}).length > 0;
    const leastMs = holdsSessions ? MAX_SILENCE_WITH_SESSIONS_MS : 0;
    return Math.max(this.maxSilenceMs, leastMs) * this.jitter;
  }

  private heard(socket: Partial<Socket> | undefined, nowMs: number): void {
    this.socket = socket;
    this.bytesRead = socket?.bytesRead ?? 0;
    this.heardAtMs = nowMs;
    this.question?.abort();
    this.question = undefined;
  }

  private async ask(): Promise<void> {
    const { connection } = this.context;
    const question = (this.question = new AbortController());
    try {
      const session = await connection.createSession({ abortSignal: question.signal });
      await session.close();
    } catch {
      // Only the bytes count as an answer.
    }
  }
}

import { type ServiceBusClient } from '@azure/service-bus';

import { contextOf, eachConnection, type SdkContext, type SdkRequestLink } from '../sdk-context.js';

/** The connection was lost during a request: the answer will never arrive. */
class RequestLostError extends Error {
  override readonly name = 'RequestLostError';
  // With these the SDK sees a network error, and tries again.
  readonly code = 'ECONNRESET';
  readonly syscall = 'read';
  readonly errno = -104;

  constructor() {
    super('the connection was lost before the answer came');
  }
}

const FAIL_AGAIN_MS = 50;
/** As long as the SDK waits for an answer. */
const WAITS_MS = 60_000;

/**
 * Fails a client's pending requests when their connection is lost. The SDK waits a minute for the answers, a token's
 * among them, and opens neither links nor a new connection meanwhile: the client is stuck.
 *
 * Senders and receivers that are being opened ask for their tokens one after the other, on the lost links too, and the SDK
 * waits for all of them before it gives up the lost connection: whatever is asked there until then fails as well.
 */
export function failLostRequests(client: ServiceBusClient): void {
  const context = contextOf(client);
  if (!context) return;
  const lost = new LostLinks();
  eachConnection(
    context,
    (connection) => connection.on('disconnected', () => lost.add(requestLinksOf(context))),
    () => {
      lost.clear();
      failRequests(context);
    },
  );
}

/** Fails all requests that wait for an answer, those for tokens included. */
export function failRequests(context: SdkContext): void {
  for (const link of requestLinksOf(context)) fail(link);
}

/** Links of lost connections, and whatever is asked on them. */
class LostLinks {
  private readonly links = new Set<SdkRequestLink>();
  private timer?: NodeJS.Timeout | undefined;
  private untilMs = 0;

  add(links: readonly SdkRequestLink[]): void {
    for (const link of links) {
      fail(link);
      this.links.add(link);
    }
    this.untilMs = performance.now() + WAITS_MS;
    this.timer ??= setInterval(() => this.failAll(), FAIL_AGAIN_MS).unref();
  }

  clear(): void {
    clearInterval(this.timer);
    this.timer = undefined;
    this.failAll();
    this.links.clear();
  }

  private failAll(): void {
    for (const link of this.links) fail(link);
    // A client that is closed gives no connection up.
    if (this.timer && performance.now() > this.untilMs) this.clear();
  }
}

function requestLinksOf({ cbsSession, managementClients }: SdkContext): SdkRequestLink[] {
  const links = [
    cbsSession?._cbsSenderReceiverLink,
    ...Object.values(managementClients ?? {}).map(({ _link }) => _link),
  ];
  return links.filter((link) => link !== undefined);
}

function fail({ _responsesMap: waiting }: SdkRequestLink): void {
  const pending = [...(waiting?.values() ?? [])];
  waiting?.clear();
  for (const request of pending) {
    request.cleanupBeforeResolveOrReject();
    request.reject(new RequestLostError());
  }
}

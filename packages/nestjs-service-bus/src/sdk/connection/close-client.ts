import { type ServiceBusClient } from '@azure/service-bus';

import { contextOf, eachConnection, type RheaConnection } from '../sdk-context.js';
import { within } from '../../time/within.js';
import { ConnectionGuard } from './connection-guard.js';
import { failRequests } from './lost-requests.js';

const CLOSE_TIMEOUT_MS = 5_000;
/**
 * What the SDK was in the middle of may begin to wait only after the connection is gone: nearly all of it soon. Each
 * time costs an error for each link.
 */
const AGAIN_AFTER_MS = [100, 200, 400, 800, 1_600, 3_200];

/**
 * Closes a client and all of its links, at once and for good. Never rejects.
 *
 * The SDK's own close detaches one link after the other, waits for links that are only being opened, does not end a
 * connection that is only being made, and leaves timers of a minute behind for every answer that was still to come: a
 * session that nobody has granted, a token, a link. Closing the connection ends all of that: the broker detaches what
 * is on it, and whoever waits for an answer is told that it is gone.
 */
export async function closeClient(client: ServiceBusClient): Promise<void> {
  const context = contextOf(client);
  if (!context) return void (await within(CLOSE_TIMEOUT_MS, client.close()));
  ConnectionGuard.unwatch(context);
  const connections = new Set<RheaConnection>();
  eachConnection(context, (connection) => connections.add(connection));
  // From now on the SDK opens nothing.
  context.wasConnectionCloseCalled = true;
  // Without an open connection nobody could answer.
  if (context.connection.isOpen()) await within(CLOSE_TIMEOUT_MS, context.connection.close());
  const disconnectAll = (): void => {
    failRequests(context);
    for (const connection of connections) disconnect(connection);
  };
  disconnectAll();
  // It still has to learn that it is closed, and to stop the timers of its links.
  client.close().catch(() => undefined);
  for (const afterMs of AGAIN_AFTER_MS) setTimeout(disconnectAll, afterMs).unref();
}

/** Tells everybody who waits for something on the connection that it is gone. */
function disconnect(connection: RheaConnection): void {
  connection.socket?.destroy?.();
  // This stops rhea's own timers; it tells nobody once the connection is closed.
  connection._disconnected?.();
  connection.dispatch?.('disconnected', connection._context?.({ reconnecting: false }) ?? {});
}

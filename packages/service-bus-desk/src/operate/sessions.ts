import { type Namespace } from '../connection/namespace.js';
import { ManagementNode } from '../sdk/management.js';

const PAGE_SIZE = 100;

/** Lists the ids of the sessions of an entity that have messages. Needs Listen. */
export async function* listSessions(
  { client }: Namespace,
  entity: string,
  signal?: AbortSignal,
): AsyncGenerator<string, void> {
  const node = new ManagementNode(client, entity);
  for (let skip = 0; ; skip += PAGE_SIZE) {
    const ids = await node.sessionIds(skip, PAGE_SIZE, signal);
    yield* ids;
    if (ids.length < PAGE_SIZE) return;
  }
}

/**
 * Returns a session's state, undefined where it has none. For a moment it holds the session, which fails while somebody
 * else does. Needs Listen.
 */
export async function readSessionState(
  { client }: Namespace,
  entity: string,
  sessionId: string,
): Promise<unknown> {
  const session = await client.acceptSession(entity, sessionId, { maxAutoLockRenewalDurationInMs: 0 });
  try {
    const state: unknown = await session.getSessionState();
    return state ?? undefined;
  } finally {
    await session.close();
  }
}

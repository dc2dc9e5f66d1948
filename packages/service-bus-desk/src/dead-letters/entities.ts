import { codeOf } from '../sdk/retrying.js';
import { deadLetterPath, type EntityAddress, readEntityAddress } from '../connection/entity-address.js';
import { type Namespace } from '../connection/namespace.js';
import { DeskError } from '../desk-error.js';
import { peekMessages } from './peek-messages.js';

/** A queue or a subscription, and how many messages are in it. */
export interface EntityDepth {
  /** Topics hold no messages of their own. */
  readonly kind: 'queue' | 'subscription';
  /** `orders`, or `events/Subscriptions/audit`. */
  readonly entity: string;
  /** Messages that can be received, and locked ones. */
  readonly active: number;
  /** Messages in its dead-letter queue. */
  readonly deadLetters: number;
  /** Of a queue; those of a topic are not a subscription's. */
  readonly scheduled: number;
  /** Messages that could not be forwarded. */
  readonly transferDeadLetters: number;
}

/** How many dead letters there are, and who says so. */
export interface DeadLetterCount {
  /** The entity that they were dead-lettered from. */
  readonly entity: string;
  /** Those of all states. */
  readonly count: number;
  /** `administration` needs Manage; without it the messages are looked at, one after the other. */
  readonly countedBy: 'administration' | 'peeking';
}

/**
 * Lists the queues and subscriptions of the namespace with their counts. Needs Manage.
 *
 * @throws DeskError (`not-allowed`) without it: entities have to be named then
 */
export async function* listEntities(
  namespace: Namespace,
  signal?: AbortSignal,
): AsyncGenerator<EntityDepth, void> {
  const { administration } = namespace;
  const options = signal ? { abortSignal: signal } : {};
  try {
    for await (const { name, ...counts } of administration.listQueuesRuntimeProperties(options)) {
      yield depthOf('queue', name, counts.activeMessageCount, counts.scheduledMessageCount, counts);
    }
    for await (const { name: topic } of administration.listTopics(options)) {
      for await (const one of administration.listSubscriptionsRuntimeProperties(topic, options)) {
        const path = `${topic}/Subscriptions/${one.subscriptionName}`;
        yield depthOf('subscription', path, one.activeMessageCount, 0, one);
      }
    }
  } catch (error) {
    if (!isRefused(error)) throw error;
    throw new DeskError(
      'listing the entities needs the right Manage, which this key does not have: name the entity',
      'not-allowed',
      { cause: error },
    );
  }
}

/** Counts an entity's dead letters: the namespace knows, and tells those who may manage; others have to look. */
export async function countDeadLetters(
  namespace: Namespace,
  entity: string,
  signal?: AbortSignal,
): Promise<DeadLetterCount> {
  const address = readEntityAddress(entity);
  const { path } = address;
  const counted = await readCount(namespace, address, signal);
  if (counted !== undefined) return { entity: path, count: counted, countedBy: 'administration' };
  let count = 0;
  for await (const page of peekMessages(namespace, deadLetterPath(address), { signal })) count += page.length;
  return { entity: path, count, countedBy: 'peeking' };
}

async function readCount(
  { administration }: Namespace,
  { path, topic, subscription }: EntityAddress,
  signal?: AbortSignal,
): Promise<number | undefined> {
  const options = signal ? { abortSignal: signal } : {};
  try {
    if (topic === undefined || subscription === undefined) {
      return (await administration.getQueueRuntimeProperties(path, options)).deadLetterMessageCount;
    }
    const properties = await administration.getSubscriptionRuntimeProperties(topic, subscription, options);
    return properties.deadLetterMessageCount;
  } catch (error) {
    signal?.throwIfAborted();
    // Whatever it is, looking may work where asking does not; and if it does not either, that error is the better one.
    if (isNotFound(error))
      throw new DeskError(`there is no ${path} in this namespace`, 'not-found', { cause: error });
    return undefined;
  }
}

function depthOf(
  kind: EntityDepth['kind'],
  entity: string,
  active: number,
  scheduled: number,
  counts: { readonly deadLetterMessageCount: number; readonly transferDeadLetterMessageCount: number },
): EntityDepth {
  const { deadLetterMessageCount: deadLetters, transferDeadLetterMessageCount: transferDeadLetters } = counts;
  return { kind, entity, active, deadLetters, scheduled, transferDeadLetters };
}

/** Whether the administration does not let us in. */
export function isRefused(error: unknown): boolean {
  const { statusCode, code } = (error ?? {}) as { statusCode?: unknown; code?: unknown };
  return (
    statusCode === 401 ||
    statusCode === 403 ||
    code === 'UnauthorizedRequestError' ||
    codeOf(error) === 'UnauthorizedAccess'
  );
}

function isNotFound(error: unknown): boolean {
  const { code } = (error ?? {}) as { code?: unknown };
  return code === 'MessageEntityNotFoundError' || codeOf(error) === 'MessagingEntityNotFound';
}

import { type Namespace } from '../connection/namespace.js';
import { DeskMessage } from '../message/desk-message.js';
import { ManagementNode } from '../sdk/management.js';

/** [Service Bus] More than these are not returned at a time. */
const PAGE_SIZE = 250;

/** From where to look at messages, and how many. */
export interface PeekOptions {
  /** The first sequence number. Default: all. */
  readonly from?: bigint;
  /** Default: no limit. */
  readonly max?: number;
  /** Ends the iteration, with the signal's reason. */
  readonly signal?: AbortSignal | undefined;
}

/**
 * Looks at the messages of a queue, a subscription or a dead-letter queue, in order, a page at a time: none is locked,
 * and none is kept in memory. Needs Listen.
 */
export async function* peekMessages(
  namespace: Namespace,
  path: string,
  { from = 0n, max = Infinity, signal }: PeekOptions = {},
): AsyncGenerator<DeskMessage[], void> {
  const node = new ManagementNode(namespace.client, path);
  let next = from;
  let left = max;
  // The page after this one is on its way while this one is looked at.
  let coming = node.peek(next, Math.min(PAGE_SIZE, left), signal);
  try {
    while (left > 0) {
      const page = (await coming).map(({ bytes }) => new DeskMessage(bytes));
      signal?.throwIfAborted();
      const last = page.at(-1)?.sequenceNumber;
      if (last === undefined) return;
      // A broker that goes backwards would be asked for ever.
      if (last < next) throw new Error(`${path}: the broker returned #${last} when asked for #${next} on`);
      next = last + 1n;
      left -= page.length;
      if (left > 0) coming = node.peek(next, Math.min(PAGE_SIZE, left), signal);
      yield page;
    }
  } finally {
    // Nobody may be interested in the page that is on its way.
    coming.catch(() => undefined);
  }
}

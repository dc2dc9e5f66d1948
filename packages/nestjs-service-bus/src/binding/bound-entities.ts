import { type Binding } from './binding.js';

/** What an application's bindings read and reply to. */
export interface BoundEntities {
  /** Queues that are read, and where results go. */
  readonly queues: readonly { readonly name: string; readonly requiresSession: boolean }[];
  /** Subscriptions that are read. */
  readonly subscriptions: readonly {
    readonly topic: string;
    readonly subscription: string;
    readonly requiresSession: boolean;
  }[];
}

/** Each entity once; names are compared without regard to case, as Service Bus does. */
export function boundEntities(bindings: readonly Binding[]): BoundEntities {
  const queues = new Map<string, BoundEntities['queues'][number]>();
  const subscriptions: BoundEntities['subscriptions'][number][] = [];
  for (const { entity, subscription, sessions } of bindings) {
    const requiresSession = sessions !== undefined;
    if (subscription !== undefined) subscriptions.push({ topic: entity, subscription, requiresSession });
    else queues.set(entity.toLowerCase(), { name: entity, requiresSession });
  }
  const topics = new Set(subscriptions.map(({ topic }) => topic.toLowerCase()));
  for (const { replyTo } of bindings) {
    const key = replyTo?.toLowerCase();
    if (replyTo === undefined || key === undefined || queues.has(key) || topics.has(key)) continue;
    queues.set(key, { name: replyTo, requiresSession: false });
  }
  return { queues: [...queues.values()], subscriptions };
}

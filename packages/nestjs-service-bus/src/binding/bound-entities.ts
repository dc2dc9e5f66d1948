import { type Binding } from './binding.js';

/** What an application's bindings read and reply to. */
export interface BoundEntities {
  /** Queues that are read, and where results go. */
  readonly queues: readonly BoundQueue[];
  /** Subscriptions that are read. */
  readonly subscriptions: readonly BoundSubscription[];
}

/** A queue that a binding reads or replies to. */
export interface BoundQueue {
  /** Its name, as the binding gives it. */
  readonly name: string;
  /** Whether the binding reads it with sessions. */
  readonly requiresSession: boolean;
}

/** A subscription that a binding reads. */
export interface BoundSubscription {
  /** The topic that has it. */
  readonly topic: string;
  /** Its name. */
  readonly subscription: string;
  /** Whether the binding reads it with sessions. */
  readonly requiresSession: boolean;
}

/** Each entity once; names are compared without regard to case, as Service Bus does. */
export function boundEntities(bindings: readonly Binding[]): BoundEntities {
  const queues = new Map<string, BoundQueue>();
  const subscriptions: BoundSubscription[] = [];
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

/** `destination` is a queue or a topic: who only sends need not know which. */
export type EntityKind = 'queue' | 'topic' | 'subscription' | 'rule' | 'destination';

/** Null: there is none, such as no entity to forward to. */
export type SettingValue = string | number | boolean | null;

/**
 * Settings by the names that the administration client and Azure Resource Manager share (`lockDuration`). A rule has
 * `filter` (SQL, or the JSON of a correlation filter) and `action`.
 */
export type Settings = Readonly<Record<string, SettingValue>>;

/** An entity, and what is known or wanted of it. What its settings leave out is nobody's concern. */
export interface TopologyEntity {
  /** What it is. */
  readonly kind: EntityKind;
  /** Its name, after those of the topic and the subscription that have it. */
  readonly path: readonly string[];
  /** Its settings, by the names that Service Bus' management API has for them. */
  readonly settings: Settings;
}

/** An entity as the application wants it. */
export interface DesiredEntity extends TopologyEntity {
  /** Whether the application answers for it: else it is only looked for. */
  readonly isOurs: boolean;
  /** Bindings, and injected senders and receivers. */
  readonly usedBy: readonly string[];
}

/** What an application wants of a namespace: topics before their subscriptions, these before their rules. */
export interface Topology {
  /** Each once. */
  readonly entities: readonly DesiredEntity[];
}

/** Names are compared without regard to case, as Service Bus does. */
export function keyOf(path: readonly string[]): string {
  // A name may have slashes in it, but no space.
  return path.join(' ').toLowerCase();
}

/** Whether one lies in the other: a subscription in its topic, a rule in both. */
export function isInside(path: readonly string[], outer: readonly string[]): boolean {
  return path.length > outer.length && keyOf(path).startsWith(`${keyOf(outer)} `);
}

/** For people: `subscription events/shop`. */
export function nameEntity({ kind, path }: Pick<TopologyEntity, 'kind' | 'path'>): string {
  return `${kind === 'destination' ? 'queue or topic' : kind} ${path.join('/')}`;
}

import { type Binding } from '../../binding/binding.js';
import {
  type DeclaredDestination,
  type EntityOptions,
  type ReplyToEntityOptions,
} from '../../binding/entity-options.js';
import { ServiceBusConfigurationError } from '../../exceptions/service-bus-configuration.error.js';
import { EntityCollection } from './entity-collection.js';
import { type EntityKind, type Topology } from './topology.js';

/** A queue or topic that is declared beside the bindings. */
export interface DeclaredQueueOrTopic {
  readonly name: string;
  /** Where it is said, for messages. */
  readonly from: string;
  readonly options: DeclaredDestination;
  /** Must be so, as it is read that way. */
  readonly reads?: EntityOptions;
  /** Where nobody says otherwise. */
  readonly defaults?: EntityOptions;
}

/** An entity that is only sent to or received from: nothing is said of what it is like. */
export interface UsedEntity {
  readonly kind: Exclude<EntityKind, 'rule'>;
  readonly path: readonly string[];
  /** Where it is used, for messages. */
  readonly from: string;
  /** Must be so, as it is read that way. */
  readonly reads?: EntityOptions;
}

/** All that an application says of entities. */
export interface ApplicationEntities {
  readonly bindings: readonly Binding[];
  readonly declared: readonly DeclaredQueueOrTopic[];
  readonly used: readonly UsedEntity[];
  /** Whether settings that nobody names are those that we recommend; else nothing is said of them. Default true. */
  readonly recommends?: boolean;
}

const EXTERNAL_KIND = {
  external: 'destination',
  'external queue': 'queue',
  'external topic': 'topic',
} as const;

/**
 * What an application wants of its namespace.
 *
 * @throws ServiceBusConfigurationError where two places want different things of one entity
 */
export function desiredTopology(application: ApplicationEntities): Topology {
  const { bindings, declared, used, recommends = true } = application;
  const collection = new EntityCollection(recommends);
  for (const binding of bindings) addInput(collection, binding);
  for (const one of declared) addDeclared(collection, one);
  for (const binding of bindings) addOutput(collection, binding);
  collection.addForwardTargets();
  // What is only used comes last: by then it is known what others say of it.
  for (const { kind, path, from, reads } of used) {
    const [first = '', ...inner] = path;
    if (inner.length > 0) collection.mention('topic', [first], from);
    collection.mention(kind, [baseOf(first), ...inner.map(baseOf)], from, reads);
  }
  const { problems, entities } = collection.finish();
  if (problems.length > 0) throw new ServiceBusConfigurationError(problems);
  return { entities };
}

function addInput(collection: EntityCollection, binding: Binding): void {
  const { pattern, entity, subscription, sessions, declaredEntity } = binding;
  const from = `binding "${pattern}"`;
  const name = baseOf(entity);
  // Whoever reads dead letters need not own the queue or subscription that they come from.
  if (name !== entity) {
    collection.mention('queue', [name], from);
    return;
  }
  if (subscription !== undefined && baseOf(subscription) !== subscription) {
    collection.mention('topic', [name], from);
    collection.mention('subscription', [name, baseOf(subscription)], from);
    return;
  }
  const reads = { requiresSession: sessions !== undefined };
  const defaults = { maxDeliveryCount: deliveriesFor(binding) };
  if (subscription === undefined) {
    collection.add({ kind: 'queue', path: [name], from, options: declaredEntity, reads, defaults });
    return;
  }
  const isExternal = declaredEntity === 'external';
  const { topic, rules, ...own } = isExternal ? ({} as EntityOptions) : declaredEntity;
  collection.add({ kind: 'topic', path: [name], from, options: isExternal ? 'external' : topic });
  const path = [name, subscription];
  collection.add({
    kind: 'subscription',
    path,
    from,
    options: isExternal ? 'external' : own,
    reads,
    defaults,
  });
  for (const [rule, options] of Object.entries(rules ?? {}))
    collection.addRule([...path, rule], from, options);
}

function addOutput(collection: EntityCollection, { pattern, replyTo, declaredReplyTo }: Binding): void {
  if (replyTo === undefined) return;
  const from = `binding "${pattern}"`;
  const defaults = { duplicateDetection: 'PT1H' };
  addDeclared(collection, { name: replyTo, from, options: declaredReplyTo, defaults });
}

function addDeclared(collection: EntityCollection, declared: DeclaredQueueOrTopic): void {
  const { name, options, ...more } = declared;
  const wish = { ...more, path: [name] };
  if (typeof options === 'string') {
    collection.add({ ...wish, kind: EXTERNAL_KIND[options], options: 'external' });
    return;
  }
  const { kind, ...settings }: ReplyToEntityOptions = options;
  const inferred = collection.isTopic(name) ? 'topic' : 'queue';
  collection.add({ ...wish, kind: kind ?? inferred, options: settings });
}

/** Far above the attempts: our retries and lost locks use deliveries up, and our reason is worth more. */
function deliveriesFor({ retry }: Binding): number {
  const attempts = Math.max(
    retry.maxAttempts,
    ...retry.exceptions.map(({ maxAttempts }) => maxAttempts ?? 0),
  );
  return Math.min(Math.max(50, 10 * attempts), 2_000);
}

/** `orders/$DeadLetterQueue` is a part of `orders`. */
function baseOf(entity: string): string {
  return entity.replace(/\/\$.*$/, '');
}

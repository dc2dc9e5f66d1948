import { type Binding } from '../../binding/binding.js';
import { type EntityOptions, type ReplyToEntityOptions } from '../../binding/entity-options.js';
import { ServiceBusConfigurationError } from '../../exceptions/service-bus-configuration.error.js';
import { EntityCollection } from './entity-collection.js';
import { type Topology } from './topology.js';

/** An entity that a feature declares beside its binding. */
export interface FeatureEntity {
  readonly name: string;
  readonly options: ReplyToEntityOptions | 'external';
}

/** All that an application says of entities. */
export interface ApplicationEntities {
  readonly bindings: readonly Binding[];
  readonly declared: readonly FeatureEntity[];
  /** Queues or topics of injected senders. */
  readonly senders: readonly string[];
  /** Queues, or topics and subscriptions, of injected receivers. */
  readonly receivers: readonly (readonly [string] | readonly [string, string])[];
}

/**
 * What an application wants of its namespace.
 *
 * @throws ServiceBusConfigurationError where two places want different things of one entity
 */
export function desiredTopology(application: ApplicationEntities): Topology {
  const { bindings, declared, senders, receivers } = application;
  const collection = new EntityCollection();
  for (const binding of bindings) addInput(collection, binding);
  for (const { name, options } of declared) addDeclared(collection, 'entities of forFeature', name, options);
  for (const binding of bindings) addOutput(collection, binding);
  collection.addForwardTargets();
  // What is only used comes last: by then it is known what others say of it.
  for (const [queue, subscription] of receivers) {
    if (subscription !== undefined) collection.mention('topic', [queue], 'a receiver');
    if (subscription === undefined) collection.mention('queue', [baseOf(queue)], 'a receiver');
    else collection.mention('subscription', [queue, subscription], 'a receiver');
  }
  for (const name of senders) collection.mention('destination', [name], 'a sender');
  const { problems, entities } = collection.finish();
  if (problems.length > 0) throw new ServiceBusConfigurationError(problems);
  return { entities };
}

function addInput(collection: EntityCollection, binding: Binding): void {
  const { pattern, entity, subscription, sessions, declaredEntity } = binding;
  const from = `binding "${pattern}"`;
  const name = baseOf(entity);
  // Whoever reads dead letters need not own the queue that they come from.
  if (name !== entity) {
    collection.mention('queue', [name], from);
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
  addDeclared(collection, `binding "${pattern}"`, replyTo, declaredReplyTo, { duplicateDetection: 'PT1H' });
}

function addDeclared(
  collection: EntityCollection,
  from: string,
  name: string,
  declared: ReplyToEntityOptions | 'external',
  defaults: EntityOptions = {},
): void {
  const { kind, ...options } = declared === 'external' ? ({} as ReplyToEntityOptions) : declared;
  collection.add({
    kind: kind ?? (collection.isTopic(name) ? 'topic' : 'queue'),
    path: [name],
    from,
    options: declared === 'external' ? declared : options,
    defaults,
  });
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

import { type RuleDescription } from '@nestjs-service-bus/rule-filter';

import { type Address, parseAddress, subscriptionAddress } from '../entity/address.js';
import { entityAlreadyExists, entityNotFound } from '../broker-error.js';
import { Deadlines } from '../collections/deadlines.js';
import { type Effect } from '../queue/effect.js';
import {
  describeQueue,
  describeSubscription,
  describeTopic,
  type QueueOptions,
  type SubscriptionOptions,
  type TopicOptions,
} from '../entity/entity-description.js';
import { type EntityContext, type EntityHost } from '../entity/entity-host.js';
import { type Journal, noJournal } from '../entity/journal.js';
import { type Arrival } from '../queue/arrival.js';
import { type Queue } from '../queue/queue.js';
import { type Due, type PostponedDelivery } from '../queue/queue-context.js';
import { QueueEntity } from '../entity/queue-entity.js';
import { resolveReceivable, resolveTarget } from './resolve-address.js';
import { StorageMeter } from '../queue/storage-meter.js';
import { SubscriptionEntity } from '../entity/subscription-entity.js';
import { Throttle } from '../entity/throttle.js';
import { type Tier } from '../entity/tier.js';
import { TopicEntity } from '../entity/topic-entity.js';

/** What a namespace is created with. */
export interface NamespaceOptions {
  /** Upper bound of the memory that all entities together use, in bytes. A small message uses more than its size. */
  readonly maxStoredBytes: number;
  readonly journal?: Journal;
  /** Returns a fresh identifier, for `newid()` in rule actions: randomness comes from outside. */
  readonly newId: () => string;
  /** Default standard. */
  readonly tier?: Tier;
  /** What operations may cost in a second before they are refused. Default: whatever they cost. */
  readonly creditsPerSecond?: number | undefined;
}

/**
 * A Service Bus namespace as a pure state machine: commands carry the time, and nothing changes between commands.
 * Its driver calls `advance` before each command and when `nextDeadlineMs` is reached, and carries out what
 * `takeEffects` returns.
 */
export class Namespace implements EntityHost {
  readonly context: EntityContext;
  readonly newId: () => string;
  readonly tier: Tier;
  readonly #entities = new Map<string, QueueEntity | TopicEntity>();

  constructor(options: NamespaceOptions) {
    this.newId = options.newId;
    this.tier = options.tier ?? 'standard';
    this.context = {
      agenda: new Deadlines<Due>(),
      effects: [],
      journal: options.journal ?? noJournal,
      nextLockId: 1,
      meter: new StorageMeter(),
      memory: new StorageMeter(),
      maxStoredBytes: options.maxStoredBytes,
      nowMs: 0,
      throttle: options.creditsPerSecond === undefined ? undefined : new Throttle(options.creditsPerSecond),
      postponed: undefined,
    };
  }

  /** Encoded size in bytes of all messages. */
  get storedBytes(): number {
    return this.context.meter.bytes;
  }

  /** Unix time in milliseconds at which something is due next; Infinity if nothing is. */
  get nextDeadlineMs(): number {
    return this.context.agenda.nextMs;
  }

  /** Does everything that is due, and then delivers what has become ready through it. */
  advance(nowMs: number): void {
    const { context } = this;
    const { agenda } = context;
    context.nowMs = nowMs;
    if (agenda.nextMs > nowMs) return;
    const postponed = (context.postponed = new Set<PostponedDelivery>());
    try {
      for (let due = agenda.takeDue(nowMs); due; due = agenda.takeDue(nowMs)) due.advance(nowMs);
    } finally {
      context.postponed = undefined;
      for (const queue of postponed) queue.deliverPostponed(nowMs);
    }
  }

  /** Takes the effects that have accumulated since the last call, in order. */
  takeEffects(): Effect[] {
    const { effects } = this.context;
    if (effects.length > 0) this.context.effects = [];
    return effects;
  }

  *queues(): Generator<QueueEntity, void, undefined> {
    for (const entity of this.#entities.values()) if (entity.kind === 'queue') yield entity;
  }

  *topics(): Generator<TopicEntity, void, undefined> {
    for (const entity of this.#entities.values()) if (entity.kind === 'topic') yield entity;
  }

  entity(name: string): QueueEntity | TopicEntity | undefined {
    return this.#entities.get(name.toLowerCase());
  }

  /** @throws BrokerError entity-already-exists, argument-error */
  createQueue(nowMs: number, options: QueueOptions): QueueEntity {
    this.#refuseTaken(options.name);
    return this.#add(new QueueEntity(describeQueue(options, this.tier), nowMs, this));
  }

  /** @throws BrokerError entity-already-exists, argument-error */
  createTopic(nowMs: number, options: TopicOptions): TopicEntity {
    this.#refuseTaken(options.name);
    return this.#add(new TopicEntity(describeTopic(options, this.tier), nowMs, this));
  }

  /** Without rules the subscription takes every message. @throws BrokerError not-found (topic), entity-already-exists, argument-error */
  createSubscription(
    nowMs: number,
    options: SubscriptionOptions,
    rules?: readonly RuleDescription[],
  ): SubscriptionEntity {
    const topic = this.topic(options.topicName);
    const topicName = topic.description.name;
    const key = options.name.toLowerCase();
    if (topic.subscriptions.has(key)) throw entityAlreadyExists(subscriptionAddress(topicName, options.name));
    const description = { ...describeSubscription(options), topicName };
    const subscription = new SubscriptionEntity(description, nowMs, this, topic, rules);
    topic.subscriptions.set(key, subscription);
    subscription.record();
    return subscription;
  }

  /** @throws BrokerError not-found */
  topic(name: string): TopicEntity {
    const entity = this.entity(name);
    if (entity?.kind !== 'topic') throw entityNotFound(name);
    return entity;
  }

  /** @throws BrokerError not-found */
  subscription(topicName: string, name: string): SubscriptionEntity {
    const subscription = this.topic(topicName).subscriptions.get(name.toLowerCase());
    if (!subscription) throw entityNotFound(subscriptionAddress(topicName, name));
    return subscription;
  }

  /** Deletes a queue, or a topic with its subscriptions. @throws BrokerError not-found */
  deleteEntity(_nowMs: number, name: string): void {
    const entity = this.entity(name);
    if (!entity) throw entityNotFound(name);
    entity.close();
    this.#entities.delete(name.toLowerCase());
  }

  /** @throws BrokerError not-found */
  deleteSubscription(topicName: string, name: string): void {
    this.subscription(topicName, name).close();
    this.topic(topicName).subscriptions.delete(name.toLowerCase());
  }

  /** Returns the entity and message queue that receivers of this address read. @throws BrokerError not-found, not-allowed */
  source(text: string): { entity: QueueEntity | SubscriptionEntity; queue: Queue; address: Address } {
    const address = parseAddress(text);
    const entity = resolveReceivable(this, address);
    return { entity, queue: entity.receivable.queue(address.subQueue), address };
  }

  /** Returns the entity that senders to this address reach. @throws BrokerError not-found, not-allowed */
  target(text: string, address: Address = parseAddress(text)): QueueEntity | TopicEntity {
    return resolveTarget(this, text, address);
  }

  /** @throws BrokerError if the target refuses the message */
  forward(nowMs: number, target: string, arrival: Arrival): void {
    this.target(target).accept(nowMs, arrival);
  }

  #refuseTaken(name: string): void {
    if (this.entity(name)) throw entityAlreadyExists(name);
  }

  #add<E extends QueueEntity | TopicEntity>(entity: E): E {
    this.#entities.set(entity.address.toLowerCase(), entity);
    entity.record();
    return entity;
  }
}

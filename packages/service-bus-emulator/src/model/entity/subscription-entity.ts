import { type FilteredMessage, type RuleDescription } from '@nestjs-service-bus/rule-filter';

import { Activity } from './activity.js';
import { subscriptionAddress } from './address.js';
import { assertUnchangeable } from './assert-unchangeable.js';
import { deadLetterContent } from '../queue/dead-letter-content.js';
import { type EntityStatus, type RuleOptions, type SubscriptionDescription } from './entity-description.js';
import { type EntityHost } from './entity-host.js';
import { type Arrival } from '../queue/arrival.js';
import { ReceiverCount } from '../queue/receiver-count.js';
import { type ReceivableDescription } from './receivable-settings.js';
import { Receivable } from './receivable.js';
import { type Rule } from './subscription-rule.js';
import { StorageMeter } from '../queue/storage-meter.js';
import { SubscriptionRules } from './subscription-rules.js';
import { validateDescription } from './validate-description.js';

/** The rule of a new subscription, which matches every message. */
export const DEFAULT_RULE_NAME = '$Default';

/** What a subscription sees of its topic. */
export interface SubscribedTopic {
  readonly description: { readonly status: EntityStatus; readonly enablePartitioning: boolean };
  /** Counts what all subscriptions store. */
  readonly meter: StorageMeter;
  /** Counts the receivers of all subscriptions. */
  readonly receiverCount: ReceiverCount;
}

/** A subscription of a topic: copies of the messages that its rules choose. */
export class SubscriptionEntity {
  readonly kind = 'subscription';
  readonly receivable: Receivable;
  readonly activity: Activity;
  readonly #meter: StorageMeter;
  readonly #rules: SubscriptionRules;
  readonly #host: EntityHost;
  readonly #topic: SubscribedTopic;

  /** @throws BrokerError argument-error */
  constructor(
    public description: SubscriptionDescription,
    nowMs: number,
    host: EntityHost,
    topic: SubscribedTopic,
    rules: readonly RuleDescription[] = [
      { name: DEFAULT_RULE_NAME, filter: { kind: 'true' }, createdAtMs: nowMs },
    ],
  ) {
    validateDescription(description);
    const { topicName, name, autoDeleteOnIdleMs } = description;
    this.#host = host;
    this.#topic = topic;
    this.#meter = new StorageMeter(topic.meter);
    this.#rules = new SubscriptionRules(subscriptionAddress(topicName, name), host.newId, rules);
    const receiverCount = new ReceiverCount(topic.receiverCount);
    this.receivable = new Receivable(
      this.address,
      this.#effective(),
      host.context,
      host,
      this.#meter,
      receiverCount,
    );
    this.activity = new Activity(nowMs, autoDeleteOnIdleMs, host.context, {
      usedAtMs: (atMs) => this.receivable.usedAtMs(atMs),
      deleteIdle: () => host.deleteSubscription(topicName, name),
    });
  }

  get address(): string {
    return subscriptionAddress(this.description.topicName, this.description.name);
  }

  get sizeBytes(): number {
    return this.#meter.bytes;
  }

  /** By name in lower case. */
  get rules(): ReadonlyMap<string, Rule> {
    return this.#rules.byKey;
  }

  /** Changes the properties that can be changed. @throws BrokerError argument-error */
  update(nowMs: number, description: SubscriptionDescription): void {
    assertUnchangeable(this.description, description);
    validateDescription(description);
    const { name, topicName } = this.description;
    this.description = { ...description, name, topicName };
    this.topicChanged(nowMs);
    this.activity.updated(nowMs, description.autoDeleteOnIdleMs);
    this.record();
  }

  /** Applies what the topic's new description means for the subscription. */
  topicChanged(nowMs: number): void {
    this.receivable.configure(nowMs, this.#effective());
  }

  /** Records the entity's current description in the journal. */
  record(): void {
    const { createdAtMs, updatedAtMs } = this.activity;
    this.#host.context.journal.entityChanged(this.address, {
      kind: 'subscription',
      description: this.description,
      rules: this.#rules.descriptions(),
      createdAtMs,
      updatedAtMs,
    });
  }

  /** @throws BrokerError entity-already-exists, argument-error (an invalid filter or action) */
  addRule(nowMs: number, options: RuleOptions): Rule {
    const rule = this.#rules.add({ ...options, createdAtMs: nowMs });
    this.#rulesChanged(nowMs);
    return rule;
  }

  /** Replaces the rule of this name. @throws BrokerError entity-not-found, argument-error */
  replaceRule(nowMs: number, options: RuleOptions): Rule {
    const rule = this.#rules.replace(options);
    this.#rulesChanged(nowMs);
    return rule;
  }

  /** @throws BrokerError entity-not-found */
  removeRule(name: string): void {
    this.#rules.remove(name);
    this.#rulesChanged(this.#host.context.nowMs);
  }

  /**
   * Stores copies of a message: one if rules without an action match, and another, changed one for each matching
   * rule with an action. A disabled subscription stores copies too, but delivers none.
   */
  offer(nowMs: number, arrival: Arrival, subject: FilteredMessage): void {
    this.#host.context.throttle?.spend(nowMs, this.#rules.byKey.size);
    const { contents, problem } = this.#rules.copies(arrival.content, subject);
    for (const content of contents) this.#store(nowMs, { ...arrival, content });
    if (problem !== undefined && this.description.deadLetteringOnFilterEvaluationExceptions) {
      this.#deadLetter(nowMs, arrival, 'FilterEvaluationException', problem);
    }
  }

  #store(nowMs: number, arrival: Arrival): void {
    if (!this.description.requiresSession || arrival.content.sessionId !== undefined) {
      this.receivable.accept(nowMs, arrival);
    } else {
      const description = "Session enabled entity doesn't allow a message whose session identifier is null.";
      this.#deadLetter(nowMs, arrival, 'Session ID is null.', description);
    }
  }

  #deadLetter(nowMs: number, arrival: Arrival, reason: string, description: string): void {
    const { main } = this.receivable;
    const content = deadLetterContent(arrival.content, reason, description);
    const identity = {
      sequenceNumber: main.store.takeSequenceNumber(arrival.partition),
      enqueuedTimeMs: nowMs,
      deliveryCount: 0,
    };
    main.deadLetterTo?.accept(nowMs, { ...arrival, content, identity });
  }

  // [Service Bus: nobody can receive from a subscription of a disabled topic; one of a partitioned topic is partitioned]
  #effective(): ReceivableDescription {
    const { status, enablePartitioning } = this.#topic.description;
    return { ...this.description, enablePartitioning, ...(status === 'Disabled' && { status }) };
  }

  #rulesChanged(nowMs: number): void {
    this.activity.accessed(nowMs);
    this.record();
  }

  close(): void {
    this.receivable.close();
    this.activity.close();
    this.#host.context.journal.entityRemoved(this.address, this.kind);
  }
}

import { type Entities } from './entities.js';
import { type Namespace } from './model/namespace/namespace.js';
import { DEFAULT_RULE_NAME } from './model/entity/subscription-entity.js';

/** Creates the declared entities that do not exist yet. Of several entries with the same name the first counts. */
export function createEntities(
  namespace: Namespace,
  nowMs: number,
  { queues = [], topics = [] }: Entities,
): void {
  for (const entry of queues) {
    const options = typeof entry === 'string' ? { name: entry } : entry;
    if (!namespace.entity(options.name)) namespace.createQueue(nowMs, options);
  }
  for (const entry of topics) {
    const { subscriptions = [], ...options } = typeof entry === 'string' ? { name: entry } : entry;
    const topic = namespace.entity(options.name) ?? namespace.createTopic(nowMs, options);
    for (const subscriptionEntry of subscriptions) {
      const { rules, ...subscription } =
        typeof subscriptionEntry === 'string'
          ? { name: subscriptionEntry, rules: undefined }
          : subscriptionEntry;
      if (topic.kind === 'topic' && topic.subscriptions.has(subscription.name.toLowerCase())) continue;
      const created = namespace.createSubscription(nowMs, { ...subscription, topicName: options.name });
      if (!rules) continue;
      created.removeRule(DEFAULT_RULE_NAME);
      for (const rule of rules) created.addRule(nowMs, rule);
    }
  }
}

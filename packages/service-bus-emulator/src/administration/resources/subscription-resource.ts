import { subscriptionAddress } from '../../model/entity/address.js';
import { describeSubscription, type SubscriptionOptions } from '../../model/entity/entity-description.js';
import { type SubscriptionEntity } from '../../model/entity/subscription-entity.js';
import { type AdministrationAnswer, type AdministrationRequest } from './administration-request.js';
import { assertForwarding } from './assert-forwarding.js';
import { assertRuleName, assertSubscriptionName } from './assert-name.js';
import { assertWithinLimits } from './assert-within-limits.js';
import { atomEntry, type Resource } from '../documents/atom.js';
import { changedDescription } from './changed-description.js';
import { listResources } from './list-resources.js';
import { readDescription } from '../documents/read-description.js';
import { readDefaultRule, readSubscription, writeSubscription } from '../documents/subscription-document.js';
import { type XmlElement } from '../xml/xml-element.js';

/** @throws BrokerError not-found */
export function getSubscription(
  { broker, host }: AdministrationRequest,
  topicName: string,
  name: string,
): AdministrationAnswer {
  return { status: 200, document: entry(host, broker.namespace.subscription(topicName, name)) };
}

/** Creates or updates a subscription. @throws AdministrationError, BrokerError */
export function putSubscription(
  request: AdministrationRequest,
  nowMs: number,
  topicName: string,
  name: string,
): AdministrationAnswer {
  const document = readDescription(request.body, 'SubscriptionDescription');
  const options = readSubscription(document, topicName, name);
  return request.isUpdate
    ? updateSubscription(request, nowMs, options)
    : createSubscription(request, nowMs, options, document);
}

/** @throws BrokerError not-found */
export function deleteSubscription(
  { broker }: AdministrationRequest,
  topicName: string,
  name: string,
): AdministrationAnswer {
  broker.namespace.deleteSubscription(topicName, name);
  return { status: 200 };
}

/** @throws BrokerError not-found */
export function listSubscriptions(request: AdministrationRequest, topicName: string): AdministrationAnswer {
  const { description, subscriptions } = request.broker.namespace.topic(topicName);
  return listResources(
    request,
    { title: 'Subscriptions', path: `${description.name}/Subscriptions` },
    subscriptions.values(),
    (subscription) => subscription.description.name,
    (subscription) => toResource(request.host, subscription),
  );
}

function createSubscription(
  { broker, host }: AdministrationRequest,
  nowMs: number,
  options: SubscriptionOptions,
  document: XmlElement,
): AdministrationAnswer {
  const { namespace } = broker;
  const { topicName, name } = options;
  const rule = readDefaultRule(document);
  assertSubscriptionName(name);
  if (rule) assertRuleName(rule.name);
  const description = describeSubscription(options);
  assertWithinLimits(description, namespace.tier);
  assertForwarding(namespace, topicName, description);
  const rules = rule && [{ ...rule, createdAtMs: nowMs }];
  const subscription = namespace.createSubscription(nowMs, description, rules);
  return { status: 201, document: entry(host, subscription) };
}

function updateSubscription(
  { broker, host }: AdministrationRequest,
  nowMs: number,
  options: SubscriptionOptions,
): AdministrationAnswer {
  const subscription = broker.namespace.subscription(options.topicName, options.name);
  const { description: current } = subscription;
  const { topicName, name } = current;
  const description = changedDescription(current, { ...options, topicName, name });
  assertWithinLimits(description, broker.namespace.tier, current);
  assertForwarding(broker.namespace, topicName, description, current);
  subscription.update(nowMs, description);
  return { status: 200, document: entry(host, subscription) };
}

function entry(host: string, subscription: SubscriptionEntity): XmlElement {
  return atomEntry(host, toResource(host, subscription));
}

function toResource(host: string, subscription: SubscriptionEntity): Resource {
  const { description, activity } = subscription;
  return {
    path: subscriptionAddress(description.topicName, description.name),
    title: description.name,
    publishedMs: activity.createdAtMs,
    updatedMs: activity.updatedAtMs,
    description: writeSubscription(subscription, host),
  };
}

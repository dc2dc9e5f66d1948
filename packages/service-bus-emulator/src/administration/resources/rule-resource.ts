import { type RuleDescription } from '@nestjs-service-bus/rule-filter';

import { subscriptionAddress } from '../../model/entity/address.js';
import { entityNotFound } from '../../model/broker-error.js';
import { type SubscriptionEntity } from '../../model/entity/subscription-entity.js';
import { type AdministrationAnswer, type AdministrationRequest } from './administration-request.js';
import { assertRuleName } from './assert-name.js';
import { atomEntry, type Resource } from '../documents/atom.js';
import { listResources } from './list-resources.js';
import { readDescription } from '../documents/read-description.js';
import { readRule, writeRule } from '../documents/rule-document.js';

/** @throws BrokerError not-found */
export function getRule(
  { host }: AdministrationRequest,
  subscription: SubscriptionEntity,
  name: string,
): AdministrationAnswer {
  return { status: 200, document: atomEntry(host, toResource(subscription, find(subscription, name))) };
}

/** Creates or replaces a rule. @throws AdministrationError, BrokerError */
export function putRule(
  { body, isUpdate, host }: AdministrationRequest,
  nowMs: number,
  subscription: SubscriptionEntity,
  name: string,
): AdministrationAnswer {
  const rule = readRule(readDescription(body, 'RuleDescription'), name);
  if (isUpdate) {
    subscription.replaceRule(nowMs, rule);
  } else {
    assertRuleName(name);
    subscription.addRule(nowMs, rule);
  }
  const document = atomEntry(host, toResource(subscription, find(subscription, name)));
  return { status: isUpdate ? 200 : 201, document };
}

/** @throws BrokerError not-found */
export function deleteRule(subscription: SubscriptionEntity, name: string): AdministrationAnswer {
  subscription.removeRule(name);
  return { status: 200 };
}

export function listRules(
  request: AdministrationRequest,
  subscription: SubscriptionEntity,
): AdministrationAnswer {
  return listResources(
    request,
    { title: 'Rules', path: `${addressOf(subscription)}/Rules` },
    Array.from(subscription.rules.values(), ({ description }) => description),
    ({ name }) => name,
    (rule) => toResource(subscription, rule),
  );
}

function find(subscription: SubscriptionEntity, name: string): RuleDescription {
  const rule = subscription.rules.get(name.toLowerCase());
  if (!rule) throw entityNotFound(`${addressOf(subscription)}/Rules/${name}`);
  return rule.description;
}

function toResource(subscription: SubscriptionEntity, rule: RuleDescription): Resource {
  return {
    path: `${addressOf(subscription)}/Rules/${rule.name}`,
    title: rule.name,
    publishedMs: rule.createdAtMs,
    updatedMs: rule.createdAtMs,
    description: writeRule(rule),
  };
}

function addressOf({ description }: SubscriptionEntity): string {
  return subscriptionAddress(description.topicName, description.name);
}

import { type RuleOptions, type SubscriptionOptions } from '../../model/entity/entity-description.js';
import { DEFAULT_RULE_NAME, type SubscriptionEntity } from '../../model/entity/subscription-entity.js';
import { readBasicProperties, writeBasicProperties } from './basic-properties.js';
import { writeDescription } from './write-description.js';
import { DescriptionReader } from './description-reader.js';
import { readReceivableProperties, writeReceivableProperties } from './receivable-properties.js';
import { readRule } from './rule-document.js';
import { writeMessageCounts, writeTimes } from './runtime-properties.js';
import { childOf, element, type XmlElement } from '../xml/xml-element.js';

const FILTER_ERRORS = 'DeadLetteringOnFilterEvaluationExceptions';

/** Reads a `SubscriptionDescription`. */
export function readSubscription(document: XmlElement, topicName: string, name: string): SubscriptionOptions {
  const reader = new DescriptionReader(document);
  return {
    ...readBasicProperties(reader),
    ...readReceivableProperties(reader),
    deadLetteringOnFilterEvaluationExceptions: reader.flag(FILTER_ERRORS),
    topicName,
    name,
  };
}

/** Reads the rule that a new subscription has instead of the one that matches every message. */
export function readDefaultRule(document: XmlElement): RuleOptions | undefined {
  const rule = childOf(document, 'DefaultRuleDescription');
  return rule && readRule(rule, childOf(rule, 'Name')?.text ?? DEFAULT_RULE_NAME);
}

/** Writes a subscription with its message counts. */
export function writeSubscription(
  { description, receivable, activity }: SubscriptionEntity,
  host: string,
): XmlElement {
  return writeDescription('SubscriptionDescription', [
    ...writeReceivableProperties(description, host),
    element(FILTER_ERRORS, description.deadLetteringOnFilterEvaluationExceptions),
    ...writeBasicProperties(description),
    ...writeMessageCounts(receivable),
    ...writeTimes(activity),
  ]);
}

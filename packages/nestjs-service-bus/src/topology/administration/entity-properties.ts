import {
  type CorrelationRuleFilter,
  type CreateQueueOptions,
  type CreateSubscriptionOptions,
  type RuleProperties,
  type SqlRuleFilter,
} from '@azure/service-bus';

import { correlationText, readFilter } from '../model/rule-filter.js';
import { type Settings, type SettingValue } from '../model/topology.js';

const READ = [
  'lockDuration',
  'maxDeliveryCount',
  'requiresSession',
  'defaultMessageTimeToLive',
  'deadLetteringOnMessageExpiration',
  'requiresDuplicateDetection',
  'duplicateDetectionHistoryTimeWindow',
  'forwardTo',
  'forwardDeadLetteredMessagesTo',
  'maxSizeInMegabytes',
  'enablePartitioning',
] as const;

/** The settings of a queue, topic or subscription as the administration client tells them. */
export function settingsOf(properties: object): Settings {
  const settings: Record<string, SettingValue> = {};
  for (const name of READ) {
    const value = (properties as Readonly<Record<string, SettingValue | undefined>>)[name];
    if (value === undefined) continue;
    settings[name] = name.startsWith('forward') ? entityOfAddress(String(value)) : value;
  }
  return settings;
}

/** The settings of a rule as the administration client tells them. */
export function settingsOfRule({ filter, action }: Pick<RuleProperties, 'filter' | 'action'>): Settings {
  const text = 'sqlExpression' in filter ? filter.sqlExpression : correlationText(fromSdk(filter));
  return { filter: text, action: action?.sqlExpression ?? null };
}

/** Options for the administration client's `create…` and `update…`. */
export function toProperties(settings: Settings): CreateQueueOptions & CreateSubscriptionOptions {
  return Object.fromEntries(Object.entries(settings).map(([name, value]) => [name, value ?? undefined]));
}

/** A rule's filter for the administration client. */
export function toFilter({ filter }: Settings): SqlRuleFilter | CorrelationRuleFilter {
  const parts = readFilter(String(filter));
  if ('sql' in parts) return { sqlExpression: parts.sql };
  const { properties, ...system } = parts;
  return { ...system, ...(properties && { applicationProperties: { ...properties } }) };
}

/** A rule's action for the administration client; undefined for none. */
export function toAction({ action }: Settings): { sqlExpression: string } | undefined {
  return typeof action === 'string' ? { sqlExpression: action } : undefined;
}

function fromSdk({
  applicationProperties,
  ...system
}: CorrelationRuleFilter): Parameters<typeof correlationText>[0] {
  const named = Object.entries(system).filter(([, value]) => value !== undefined && value !== '');
  const properties = applicationProperties as Readonly<Record<string, string | number | boolean>> | undefined;
  return { ...Object.fromEntries(named), ...(properties && { properties }) };
}

/** [Service Bus] What is forwarded to comes back as an address: `sb://shop.servicebus.windows.net/billing`. */
function entityOfAddress(address: string): string {
  return decodeURIComponent(address.replace(/^[a-z]+:\/\/[^/]*\//i, ''));
}

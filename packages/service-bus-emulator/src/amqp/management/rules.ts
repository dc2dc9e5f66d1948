import { type PropertyValue, type RuleFilter } from '@nestjs-service-bus/rule-filter';

import { BrokerError } from '../../model/broker-error.js';
import { type SubscriptionEntity } from '../../model/entity/subscription-entity.js';
import { encodeRule } from './encode-rule.js';
import {
  type ManagementReply,
  type ManagementRequest,
  readNumber,
  readText,
  requireText,
} from './management-request.js';

export function addRule({ address, body, context }: ManagementRequest): ManagementReply {
  const name = requireText(body, 'rule-name');
  const description = readMap(body['rule-description']);
  const expression = readText(readMap(description?.['sql-rule-action']) ?? {}, 'expression');
  const action = expression ? { kind: 'sql' as const, expression } : undefined;
  context.broker.command((nowMs) =>
    subscriptionAt(address, context).addRule(nowMs, { name, filter: readFilter(description), action }),
  );
  return { status: 200 };
}

export function removeRule({ address, body, context }: ManagementRequest): ManagementReply {
  context.broker.command(() => subscriptionAt(address, context).removeRule(requireText(body, 'rule-name')));
  return { status: 200 };
}

/** Lists rules page by page. A page past the end must be empty, or the SDK's iterator would never stop. */
export function enumerateRules({ address, body, context }: ManagementRequest): ManagementReply {
  const skip = readNumber(body['skip'] ?? 0, 'skip');
  const top = readNumber(body['top'] ?? 100, 'top');
  // [Service Bus: in order of their names]
  const { rules: byKey } = subscriptionAt(address, context);
  const sorted = [...byKey.entries()].sort(([a], [b]) => (a < b ? -1 : 1));
  const rules = sorted.slice(skip, skip + top).map(([, rule]) => rule);
  if (rules.length === 0) return { status: 204 };
  return {
    status: 200,
    body: { rules: rules.map((rule) => ({ 'rule-description': encodeRule(rule.description) })) },
  };
}

function subscriptionAt(address: string, { broker }: ManagementRequest['context']): SubscriptionEntity {
  const { entity } = broker.namespace.source(address);
  if (entity.kind !== 'subscription') {
    throw new BrokerError('amqp:not-allowed', `'${address}' is not a subscription: it has no rules.`);
  }
  return entity;
}

function readFilter(description: Record<string, unknown> | undefined): RuleFilter {
  const sql = readMap(description?.['sql-filter']);
  if (sql) return { kind: 'sql', expression: requireText(sql, 'expression') };
  const correlation = readMap(description?.['correlation-filter']);
  if (!correlation) return { kind: 'true' };
  const properties = readMap(correlation['properties']) as Record<string, PropertyValue> | undefined;
  return {
    kind: 'correlation',
    correlationId: readText(correlation, 'correlation-id'),
    messageId: readText(correlation, 'message-id'),
    to: readText(correlation, 'to'),
    replyTo: readText(correlation, 'reply-to'),
    label: readText(correlation, 'label'),
    sessionId: readText(correlation, 'session-id'),
    replyToSessionId: readText(correlation, 'reply-to-session-id'),
    contentType: readText(correlation, 'content-type'),
    ...(properties && { properties: new Map(Object.entries(properties)) }),
  };
}

function readMap(value: unknown): Record<string, unknown> | undefined {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : undefined;
}

import {
  compileAction,
  compileFilter,
  type RuleAction,
  type RuleFilter,
  SqlSyntaxError,
} from '@nestjs-service-bus/rule-filter';

import { BrokerError } from '../model/broker-error.js';
import { type RuleOptions } from '../model/entity/entity-description.js';
import { validateName } from '../model/entity/validate-name.js';
import { type ConfigObject } from './config-reader.js';

/** Returns a rule that Config.json declares; a rule without a filter matches every message. */
export function toRule(entry: ConfigObject): RuleOptions {
  const { reader } = entry;
  const properties = reader.child(entry, 'Properties');
  const name = reader.requiredText(entry, 'Name');
  if (name !== '') report(entry, 'Name', () => validateName(name, 'rule'));
  const filter = toFilter(properties);
  const action = toAction(reader.child(properties, 'Action'));
  return { name, filter, ...(action && { action }) };
}

function toAction(entry: ConfigObject): RuleAction | undefined {
  const expression = entry.reader.text(entry, 'SqlExpression');
  if (expression === undefined) return undefined;
  const action = { kind: 'sql', expression } as const;
  report(entry, 'SqlExpression', () => compileAction(action, () => ''));
  return action;
}

function toFilter(properties: ConfigObject): RuleFilter {
  const { reader } = properties;
  const kind = reader.choice(properties, 'FilterType', ['Sql', 'Correlation', 'True', 'False']);
  if (kind === 'False') return { kind: 'false' };
  if (kind === 'Sql') return toSqlFilter(reader.child(properties, 'SqlFilter'));
  if (kind === 'Correlation') return toCorrelationFilter(reader.child(properties, 'CorrelationFilter'));
  const isForgotten = properties.entries.has('sqlfilter') || properties.entries.has('correlationfilter');
  if (kind === undefined && isForgotten && !properties.entries.has('filtertype'))
    reader.refuse(properties, 'FilterType', 'without it the rule would match every message');
  return { kind: 'true' };
}

function toSqlFilter(entry: ConfigObject): RuleFilter {
  const expression = entry.reader.requiredText(entry, 'SqlExpression');
  const filter = { kind: 'sql', expression } as const;
  if (expression !== '') report(entry, 'SqlExpression', () => compileFilter(filter));
  return filter;
}

function toCorrelationFilter(entry: ConfigObject): RuleFilter {
  const { reader } = entry;
  return {
    kind: 'correlation',
    contentType: reader.text(entry, 'ContentType'),
    correlationId: reader.text(entry, 'CorrelationId'),
    label: reader.text(entry, 'Label') ?? reader.text(entry, 'Subject'),
    messageId: reader.text(entry, 'MessageId'),
    replyTo: reader.text(entry, 'ReplyTo'),
    replyToSessionId: reader.text(entry, 'ReplyToSessionId'),
    sessionId: reader.text(entry, 'SessionId'),
    to: reader.text(entry, 'To'),
    properties: new Map(Object.entries(reader.scalars(entry, 'Properties'))),
  };
}

/** Puts a refusal of the model at the place of the value that it refuses. */
function report(entry: ConfigObject, key: string, check: () => unknown): void {
  try {
    check();
  } catch (error) {
    if (!(error instanceof BrokerError || error instanceof SqlSyntaxError)) throw error;
    entry.reader.refuse(entry, key, error.message);
  }
}

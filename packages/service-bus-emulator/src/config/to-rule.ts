import { type RuleOptions } from '../model/entity/entity-description.js';
import { type RuleFilter } from '../model/filter/rule.js';
import { type ConfigObject } from './config-reader.js';

/** Returns a rule that Config.json declares; a rule without a filter matches every message. */
export function toRule(entry: ConfigObject): RuleOptions {
  const { reader } = entry;
  const properties = reader.child(entry, 'Properties');
  const action = reader.text(reader.child(properties, 'Action'), 'SqlExpression');
  return {
    name: reader.requiredText(entry, 'Name'),
    filter: toFilter(properties),
    ...(action !== undefined && { action: { kind: 'sql' as const, expression: action } }),
  };
}

function toFilter(properties: ConfigObject): RuleFilter {
  const { reader } = properties;
  const kind = reader.choice(properties, 'FilterType', ['Sql', 'Correlation', 'True', 'False']);
  if (kind === 'False') return { kind: 'false' };
  if (kind === 'Sql') {
    return {
      kind: 'sql',
      expression: reader.requiredText(reader.child(properties, 'SqlFilter'), 'SqlExpression'),
    };
  }
  if (kind !== 'Correlation') return { kind: 'true' };
  const filter = reader.child(properties, 'CorrelationFilter');
  return {
    kind: 'correlation',
    contentType: reader.text(filter, 'ContentType'),
    correlationId: reader.text(filter, 'CorrelationId'),
    label: reader.text(filter, 'Label') ?? reader.text(filter, 'Subject'),
    messageId: reader.text(filter, 'MessageId'),
    replyTo: reader.text(filter, 'ReplyTo'),
    replyToSessionId: reader.text(filter, 'ReplyToSessionId'),
    sessionId: reader.text(filter, 'SessionId'),
    to: reader.text(filter, 'To'),
    properties: new Map(Object.entries(reader.scalars(filter, 'Properties'))),
  };
}

import { type CorrelationFilter, type RuleFilter } from '@nestjs-service-bus/rule-filter';

import { badRequest } from '../administration-error.js';
import { DescriptionReader } from './description-reader.js';
import { readSqlExpression, typeOf } from './sql-expression.js';
import { readTypedValues } from './typed-values.js';
import { childOf, type XmlElement } from '../xml/xml-element.js';

/** Reads a rule's filter; a rule without one matches every message. */
export function readFilter(filter: XmlElement | undefined): RuleFilter {
  if (!filter) return { kind: 'true' };
  const type = typeOf(filter) ?? '';
  switch (type) {
    case 'TrueFilter':
      return { kind: 'true' };
    case 'FalseFilter':
      return { kind: 'false' };
    case 'SqlFilter':
      return { kind: 'sql', ...readSqlExpression(filter) };
    case 'CorrelationFilter':
      return readCorrelationFilter(filter);
    default:
      throw badRequest(`'${type}' is not a type of filter.`);
  }
}

function readCorrelationFilter(filter: XmlElement): CorrelationFilter {
  const reader = new DescriptionReader(filter);
  return {
    kind: 'correlation',
    correlationId: reader.text('CorrelationId'),
    messageId: reader.text('MessageId'),
    to: reader.text('To'),
    replyTo: reader.text('ReplyTo'),
    label: reader.text('Label'),
    sessionId: reader.text('SessionId'),
    replyToSessionId: reader.text('ReplyToSessionId'),
    contentType: reader.text('ContentType'),
    properties: readTypedValues(childOf(filter, 'Properties')),
  };
}

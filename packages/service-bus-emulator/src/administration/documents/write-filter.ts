import { type CorrelationFilter, type RuleFilter } from '@nestjs-service-bus/rule-filter';

import { writeSqlExpression } from './sql-expression.js';
import { writeTypedValues } from './typed-values.js';
import { element, optionalElements, type XmlElement } from '../xml/xml-element.js';

/** Writes a rule's filter. */
export function writeFilter(filter: RuleFilter): XmlElement {
  switch (filter.kind) {
    // [Service Bus: these two are SQL filters, too, with an equivalent expression]
    case 'true':
      return writeSqlExpression('Filter', 'TrueFilter', { expression: '1=1' });
    case 'false':
      return writeSqlExpression('Filter', 'FalseFilter', { expression: '1=0' });
    case 'sql':
      return writeSqlExpression('Filter', 'SqlFilter', filter);
    case 'correlation':
      return writeCorrelationFilter(filter);
  }
}

function writeCorrelationFilter(filter: CorrelationFilter): XmlElement {
  const conditions = optionalElements({
    CorrelationId: filter.correlationId,
    MessageId: filter.messageId,
    To: filter.to,
    ReplyTo: filter.replyTo,
    Label: filter.label,
    SessionId: filter.sessionId,
    ReplyToSessionId: filter.replyToSessionId,
    ContentType: filter.contentType,
  });
  const content = [...conditions, writeTypedValues('Properties', filter.properties)];
  return element('Filter', content, { 'i:type': 'CorrelationFilter' });
}

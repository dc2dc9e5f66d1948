import { type RuleAction, type RuleDescription } from '@nestjs-service-bus/rule-filter';

import { type RuleOptions } from '../../model/entity/entity-description.js';
import { badRequest } from '../administration-error.js';
import { writeDescription } from './write-description.js';
import { readFilter } from './read-filter.js';
import { readSqlExpression, typeOf, writeSqlExpression } from './sql-expression.js';
import { writeFilter } from './write-filter.js';
import { childOf, element, type XmlElement } from '../xml/xml-element.js';

const NO_ACTION = 'EmptyRuleAction';
const SQL_ACTION = 'SqlRuleAction';

/** Reads a `RuleDescription` or a `DefaultRuleDescription`. */
export function readRule(document: XmlElement, name: string): RuleOptions {
  const action = readAction(childOf(document, 'Action'));
  return { name, filter: readFilter(childOf(document, 'Filter')), ...(action && { action }) };
}

/** Writes a rule. The action is always present: the SDK reads it without checking. */
export function writeRule({ name, filter, action, createdAtMs }: RuleDescription): XmlElement {
  return writeDescription('RuleDescription', [
    writeFilter(filter),
    action
      ? writeSqlExpression('Action', SQL_ACTION, action)
      : element('Action', [], { 'i:type': NO_ACTION }),
    element('CreatedAt', new Date(createdAtMs).toISOString()),
    element('Name', name),
  ]);
}

function readAction(action: XmlElement | undefined): RuleAction | undefined {
  const type = action && typeOf(action);
  if (!action || type === NO_ACTION) return undefined;
  if (type !== SQL_ACTION) throw badRequest(`'${type ?? ''}' is not a type of rule action.`);
  return { kind: 'sql', ...readSqlExpression(action) };
}

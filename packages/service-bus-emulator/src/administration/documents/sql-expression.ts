import { type PropertyValue } from '@nestjs-service-bus/rule-filter';

import { badRequest } from '../administration-error.js';
import { readTypedValues, writeTypedValues } from './typed-values.js';
import { childOf, element, type XmlElement } from '../xml/xml-element.js';

// [Service Bus: there is only this level]
const COMPATIBILITY_LEVEL = 20;
// [Service Bus quotas: the length of a SQL filter or action]
const MAX_LENGTH = 1_024;

/** A SQL filter or action without its kind. */
interface SqlExpression {
  readonly expression: string;
  readonly parameters?: ReadonlyMap<string, PropertyValue>;
}

/** Returns the kind of a filter or an action: its attribute `type`, whatever the prefix. */
export function typeOf(typed: XmlElement): string | undefined {
  return typed.attributes.get('type')?.split(':').at(-1);
}

/** Reads a SQL filter or action. @throws AdministrationError if its expression is missing or too long */
export function readSqlExpression(typed: XmlElement): SqlExpression {
  const expression = childOf(typed, 'SqlExpression')?.text ?? '';
  if (expression.trim() === '') throw badRequest(`The ${typed.name} has no SqlExpression.`);
  if (expression.length > MAX_LENGTH) {
    throw badRequest(`The SqlExpression of the ${typed.name} is longer than ${MAX_LENGTH} characters.`);
  }
  const parameters = readTypedValues(childOf(typed, 'Parameters'));
  return { expression, ...(parameters && { parameters }) };
}

/** Writes a SQL filter or action. */
export function writeSqlExpression(name: string, type: string, sql: SqlExpression): XmlElement {
  const content = [
    element('SqlExpression', sql.expression),
    element('CompatibilityLevel', COMPATIBILITY_LEVEL),
    writeTypedValues('Parameters', sql.parameters),
  ];
  return element(name, content, { 'i:type': type });
}

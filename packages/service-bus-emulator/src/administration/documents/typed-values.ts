import { type PropertyValue } from '@nestjs-service-bus/rule-filter';

import { badRequest } from '../administration-error.js';
import { parseTypedValue, type SchemaType, schemaType } from './typed-value.js';
import { childOf, element, type XmlElement } from '../xml/xml-element.js';

const ENTRY = 'KeyValueOfstringanyType';
// The SDK removes the first five characters of a type: prefix and colon must have exactly five.
const PREFIX = 'd6p1';
const SCHEMA = 'http://www.w3.org/2001/XMLSchema';

/** Reads the parameters of an expression or the properties of a correlation filter; undefined for none. */
export function readTypedValues(container: XmlElement | undefined): Map<string, PropertyValue> | undefined {
  const entries = container?.children.filter(({ name }) => name === ENTRY) ?? [];
  return entries.length === 0 ? undefined : new Map(entries.map(readEntry));
}

/** Writes the parameters of an expression or the properties of a correlation filter. */
export function writeTypedValues(
  name: string,
  values: ReadonlyMap<string, PropertyValue> | undefined,
): XmlElement {
  return element(name, [...(values ?? [])].map(writeEntry));
}

function readEntry(entry: XmlElement): [string, PropertyValue] {
  const key = childOf(entry, 'Key')?.text;
  const value = childOf(entry, 'Value');
  if (key === undefined || value === undefined) throw badRequest(`A ${ENTRY} needs a Key and a Value.`);
  if (value.attributes.get('nil') === 'true') return [key, null];
  const type = value.attributes.get('type')?.split(':').at(-1) ?? 'string';
  return [key, parseTypedValue(type, value.text, key)];
}

function writeEntry([key, value]: [string, PropertyValue]): XmlElement {
  const [type, text] = schemaType(value);
  return element(ENTRY, [element('Key', key), element('Value', text, typeAttributes(type, value === null))]);
}

function typeAttributes(type: SchemaType, isNull: boolean): Record<string, string> {
  return {
    [`xmlns:${PREFIX}`]: SCHEMA,
    'i:type': `${PREFIX}:${type}`,
    ...(isNull && { 'i:nil': 'true' }),
  };
}

import { type JsonSchema } from '../schema/json-schema.js';
import { html, type Html } from './html.js';

const LIMITS: Readonly<Partial<Record<keyof JsonSchema, string>>> = {
  format: 'format',
  pattern: 'pattern',
  const: 'is',
  enum: 'one of',
  minimum: 'from',
  maximum: 'to',
  exclusiveMinimum: 'over',
  exclusiveMaximum: 'under',
  multipleOf: 'multiple of',
  minLength: 'characters from',
  maxLength: 'characters to',
  minItems: 'items from',
  maxItems: 'items to',
  minProperties: 'properties from',
  uniqueItems: 'no item twice:',
  contentEncoding: 'encoded as',
  contentMediaType: 'holds',
  contains: 'one item is',
  not: 'not',
  default: 'default',
};

/** A value's type, with links to the schemas of classes. */
export function typeOf(schema: JsonSchema): Html {
  if (schema.$ref !== undefined) {
    const name = schema.$ref.split('/').at(-1) ?? '';
    return html`<a href="#schema-${name}">${name}</a>`;
  }
  const choices = schema.anyOf ?? schema.oneOf;
  if (choices) return joined(choices.map(typeOf), ' or ');
  if (schema.items) return html`array of ${typeOf(schema.items)}`;
  const types = [schema.type ?? []].flat();
  return html`${types.length === 0 ? 'anything' : types.join(' or ')}`;
}

/** What a value must be besides its type. */
export function limitsOf(schema: JsonSchema): Html {
  const own = Object.entries(LIMITS)
    .filter(([key]) => schema[key as keyof JsonSchema] !== undefined)
    .map(([key, words]) => html`${words} <code>${show(schema[key as keyof JsonSchema])}</code>`);
  const all = (schema.allOf ?? []).map(limitsOf);
  const items = schema.items ? [limitsOf(schema.items)].filter(({ text }) => text !== '') : [];
  const inner = [...(schema.anyOf ?? []), ...(schema.oneOf ?? [])]
    .map(limitsOf)
    .filter(({ text }) => text !== '');
  return joined([...own, ...all, ...inner, ...items.map((item) => html`each item ${item}`)], ', ');
}

function show(value: unknown): string {
  if (Array.isArray(value)) return value.map((one) => JSON.stringify(one)).join(' ');
  return typeof value === 'string' ? value : JSON.stringify(value);
}

function joined(parts: readonly Html[], separator: string): Html {
  const [first, ...others] = parts;
  return first === undefined ? html`` : html`${first}${others.map((part) => html`${separator}${part}`)}`;
}

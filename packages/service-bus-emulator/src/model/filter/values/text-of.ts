import { type PropertyValue } from './property-value.js';

/** A value as a string, as C# would write it in the invariant culture (a date in ISO 8601); null if it has no text. */
export function textOf(value: PropertyValue): string | null {
  switch (typeof value) {
    case 'string':
      return value;
    case 'number':
    case 'bigint':
      return String(value);
    case 'boolean':
      return value ? 'True' : 'False';
    default:
      return value instanceof Date && !Number.isNaN(value.getTime()) ? value.toISOString() : null;
  }
}

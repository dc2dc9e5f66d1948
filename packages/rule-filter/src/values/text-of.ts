import { type PropertyValue } from './property-value.js';

/** Converts a value to a string as C# does in the invariant culture (a date in ISO 8601); null if it has no text form. */
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

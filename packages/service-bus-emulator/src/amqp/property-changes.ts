import { type PropertyChanges, type PropertyValue } from '@nestjs-service-bus/rule-filter';

/** Converts the properties that a settlement changes, sent as annotations or error info, to application properties. */
export function toPropertyChanges(
  properties: Record<string, unknown> | null | undefined,
): PropertyChanges | undefined {
  const entries = Object.entries(properties ?? {});
  if (entries.length === 0) return undefined;
  return { application: new Map(entries.map(([name, value]) => [name, toPropertyValue(value)])) };
}

function toPropertyValue(value: unknown): PropertyValue {
  switch (typeof value) {
    case 'string':
    case 'number':
    case 'bigint':
    case 'boolean':
      return value;
    case 'object':
      if (value instanceof Date || value instanceof Uint8Array || value === null) return value;
      return JSON.stringify(value);
    default:
      return null;
  }
}

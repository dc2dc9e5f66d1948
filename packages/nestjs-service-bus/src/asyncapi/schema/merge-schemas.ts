import { type JsonSchema } from './json-schema.js';

/** A value that obeys both; what they say twice in different ways stands in `allOf`. */
export function mergeSchemas(one: JsonSchema, other: JsonSchema): JsonSchema {
  const merged: Record<string, unknown> = { ...one };
  const rest: Record<string, unknown> = {};
  for (const [key, value] of Object.entries(other)) {
    const before = merged[key];
    if (before === undefined || JSON.stringify(before) === JSON.stringify(value)) merged[key] = value;
    else if (key === 'type') merged[key] = narrowerType(before, value);
    else if (key === 'x-rules' || key === 'allOf')
      merged[key] = [...(before as unknown[]), ...(value as unknown[])];
    else rest[key] = value;
  }
  if (Object.keys(rest).length === 0) return merged;
  return { ...merged, allOf: [...((merged['allOf'] as JsonSchema[] | undefined) ?? []), rest] };
}

/** The same, or null. */
export function orNull(schema: JsonSchema): JsonSchema {
  const { type, enum: values, const: value, ...others } = schema;
  if (schema.$ref !== undefined || schema.anyOf || schema.oneOf || schema.allOf || schema.not) {
    return { anyOf: [schema, { type: 'null' }] };
  }
  if (value !== undefined) return { ...others, enum: [value, null] };
  if (values)
    return { ...(type !== undefined && { type: withNull(type) }), enum: [...values, null], ...others };
  return type === undefined ? schema : { type: withNull(type), ...others };
}

function withNull(type: string | readonly string[]): readonly string[] {
  return [...new Set([type, 'null'].flat())];
}

/** `@IsInt() @Min(1)`: an integer is a number. What contradicts itself keeps what came first. */
function narrowerType(one: unknown, other: unknown): unknown {
  return one === 'number' && other === 'integer' ? other : one;
}

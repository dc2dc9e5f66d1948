import { type EntityRecord } from '../model/entity/entity-record.js';

// JSON, extended by what JSON lacks: Infinity, and the types of rules' parameters and properties.

type Special =
  | { $: 'infinity' }
  | { $: 'map'; entries: [unknown, unknown][] }
  | { $: 'date'; time: number }
  | { $: 'bytes'; base64: string }
  | { $: 'long'; digits: string };

/** Writes an entity's record as text. */
export function writeEntity(record: EntityRecord): string {
  return JSON.stringify(record, function replace(this: Record<string, unknown>, key: string) {
    // JSON.stringify passes a Date as a string already: this reads the original.
    const value = this[key];
    if (value === Infinity) return { $: 'infinity' };
    if (value instanceof Map) return { $: 'map', entries: [...(value as Map<unknown, unknown>)] };
    if (value instanceof Date) return { $: 'date', time: value.getTime() };
    if (value instanceof Uint8Array) return { $: 'bytes', base64: Buffer.from(value).toString('base64') };
    if (typeof value === 'bigint') return { $: 'long', digits: value.toString() };
    return value;
  });
}

/** Reads an entity's record from text. */
export function readEntity(text: string): EntityRecord {
  return JSON.parse(text, (_key, value: unknown) => {
    if (typeof value !== 'object' || value === null || !('$' in value)) return value;
    const special = value as Special;
    switch (special.$) {
      case 'infinity':
        return Infinity;
      case 'map':
        return new Map(special.entries);
      case 'date':
        return new Date(special.time);
      case 'bytes':
        return Buffer.from(special.base64, 'base64');
      case 'long':
        return BigInt(special.digits);
    }
  }) as EntityRecord;
}

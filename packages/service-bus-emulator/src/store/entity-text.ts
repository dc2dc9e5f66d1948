import { type EntityRecord } from '../model/entity/entity-record.js';

// JSON with what JSON cannot say: endless times, and what rules' parameters and properties are made of.

type Special =
  | { $: 'infinity' }
  | { $: 'map'; entries: [unknown, unknown][] }
  | { $: 'date'; time: number }
  | { $: 'bytes'; base64: string }
  | { $: 'long'; digits: string };

/** An entity's record as text. */
export function writeEntity(record: EntityRecord): string {
  return JSON.stringify(record, function replace(this: Record<string, unknown>, key: string) {
    // A Date would arrive here as a string already: it is looked up where it stands.
    const value = this[key];
    if (value === Infinity) return { $: 'infinity' };
    if (value instanceof Map) return { $: 'map', entries: [...(value as Map<unknown, unknown>)] };
    if (value instanceof Date) return { $: 'date', time: value.getTime() };
    if (value instanceof Uint8Array) return { $: 'bytes', base64: Buffer.from(value).toString('base64') };
    if (typeof value === 'bigint') return { $: 'long', digits: value.toString() };
    return value;
  });
}

/** The record that a text was written from. */
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

/** The kinds of records, by the first character of their keys. */
export type RecordKind = 'e' | 'm' | 'n' | 's' | 'd';

// Cannot occur in an entity's name, and sorts before all characters that can.
const SEPARATOR = '\0';
const AFTER_SEPARATOR = '\x01';
// 2^53 has sixteen decimal digits; numbers of equal width sort as text.
const NUMBER_WIDTH = 16;

/** Returns a record's key: its kind, its address, and a name that is unique among those at the address. */
export function recordKey(kind: RecordKind, address: string, name: string | number = ''): string {
  const last = typeof name === 'number' ? String(name).padStart(NUMBER_WIDTH, '0') : name;
  return `${kind}${address}${SEPARATOR}${last}`;
}

/** Parses a record's key. */
export function parseKey(key: string): { kind: RecordKind; address: string; name: string } {
  const end = key.indexOf(SEPARATOR);
  return { kind: key[0] as RecordKind, address: key.slice(1, end), name: key.slice(end + 1) };
}

/** Returns the range of all records of a kind, or of those at one address. */
export function recordRange(kind: RecordKind, address?: string): { gte: string; lt: string } {
  if (address !== undefined)
    return { gte: `${kind}${address}${SEPARATOR}`, lt: `${kind}${address}${AFTER_SEPARATOR}` };
  return { gte: kind, lt: String.fromCharCode(kind.charCodeAt(0) + 1) };
}

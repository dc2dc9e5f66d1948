/** The kinds of records, by the first character of their keys. */
export type RecordKind = 'e' | 'm' | 'n' | 's' | 'd';

// Cannot occur in an entity's name, and sorts before all characters that can.
const SEPARATOR = '\0';
// 2^53 has sixteen decimal digits; numbers of equal width sort as text.
const NUMBER_WIDTH = 16;

/** Returns a record's key: its kind, its address, and a name that is unique among those at the address. */
export function recordKey(kind: RecordKind, address: string, name: string | number = ''): string {
  const last = typeof name === 'number' ? String(name).padStart(NUMBER_WIDTH, '0') : name;
  return recordPrefix(kind, address) + last;
}

/** Parses a record's key. */
export function parseKey(key: string): { kind: RecordKind; address: string; name: string } {
  const end = key.indexOf(SEPARATOR);
  return { kind: key[0] as RecordKind, address: key.slice(1, end), name: key.slice(end + 1) };
}

/** Returns what the keys of all records of a kind at one address begin with. */
export function recordPrefix(kind: RecordKind, address: string): string {
  return `${kind}${address}${SEPARATOR}`;
}

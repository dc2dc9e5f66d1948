/** What is known of all records together: a store that has lost one, or has an old one, does not fit. */
export interface Totals {
  readonly records: number;
  /** Exclusive or of all checksums. */
  readonly mixed: number;
  /** Sum of all checksums, modulo 2^32. */
  readonly sum: number;
}

/** Knows the key and the checksum of each record, so that the totals can follow every change. */
export class Ledger {
  // By the part of the key that the records of one kind at one address share, then by the rest.
  readonly #groups = new Map<string, Map<string, number>>();
  #records = 0;
  #mixed = 0;
  #sum = 0;

  get totals(): Totals {
    return { records: this.#records, mixed: this.#mixed, sum: this.#sum };
  }

  put(key: string, checksum: number): void {
    const [prefix, name] = split(key);
    let group = this.#groups.get(prefix);
    if (!group) this.#groups.set(prefix, (group = new Map<string, number>()));
    const before = group.get(name);
    if (before !== undefined) this.#count(-1, before);
    group.set(name, checksum);
    this.#count(1, checksum);
  }

  delete(key: string): void {
    const [prefix, name] = split(key);
    const group = this.#groups.get(prefix);
    const checksum = group?.get(name);
    if (!group || checksum === undefined) return;
    group.delete(name);
    if (group.size === 0) this.#groups.delete(prefix);
    this.#count(-1, checksum);
  }

  /** Returns the keys of all records with a prefix. */
  keys(prefix: string): string[] {
    return Array.from(this.#groups.get(prefix)?.keys() ?? [], (name) => prefix + name);
  }

  #count(records: 1 | -1, checksum: number): void {
    this.#records += records;
    this.#mixed = (this.#mixed ^ checksum) >>> 0;
    this.#sum = (this.#sum + records * checksum) >>> 0;
  }
}

function split(key: string): [prefix: string, name: string] {
  const end = key.indexOf('\0') + 1;
  return [key.slice(0, end), key.slice(end)];
}

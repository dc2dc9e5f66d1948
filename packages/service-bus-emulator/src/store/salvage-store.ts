import { mkdtemp, rm } from 'node:fs/promises';
import path from 'node:path';

import { describeQueue, describeSubscription, describeTopic } from '../model/entity/entity-description.js';
import { type EntityRecord } from '../model/entity/entity-record.js';
import { writeEntity } from './entity-text.js';
import { HEAD_KEY } from './head.js';
import { copyStore, listStoreFiles, type NamedTable, originalFiles, readTables } from './keep-files.js';
import { lockDirectory } from './lock-directory.js';
import { databaseOptions, loadClassicLevel, openRecords } from './open-store.js';
import { entityAddress } from './read-records.js';
import { type TableEntry } from './read-table.js';
import { parseKey, recordKey } from './record-key.js';
import { type Scan, scanRecords, type StoredRecord } from './scan-records.js';
import { unseal } from './seal.js';
import { Stamp } from './stamp.js';
import { StoreError } from './store-error.js';

/** What was saved of a damaged store. */
export interface Salvage {
  /** Number of records that were carried over, by their kinds. */
  readonly carried: { readonly entities: number; readonly messages: number; readonly others: number };
  /** One line for each thing that was not carried over, or not as it was. */
  readonly losses: readonly string[];
}

const KINDS: Readonly<Record<string, string>> = {
  e: 'the description of',
  m: 'a message of',
  n: 'the last sequence number of',
  s: "a session's state of",
  d: 'a remembered message id of',
};

/**
 * Carries everything that can be read in a damaged store over into a new one, and leaves the damaged one as it is.
 * Messages that were completed shortly before the damage may be there again.
 * Rejects with a StoreError if there is no store in `from`, an emulator uses it, or something is in `to`.
 */
export async function salvageStore(from: string, to: string): Promise<Salvage> {
  if ((await listStoreFiles(to)).length > 0) throw new StoreError(to, 'there is a store already');
  const copy = await mkdtemp(path.join(path.dirname(path.resolve(to)), 'salvage-'));
  try {
    await copyUnused(from, copy);
    const broken = await takeBrokenTables(copy);
    const scan = await scanRepaired(copy);
    const records = [...scan.records, ...readBroken(broken, scan)];
    const described = describeLost(records);
    await writeStore(to, [...records, ...described]);
    const count = (kind: string): number => records.filter(({ key }) => key.startsWith(kind)).length;
    const [entities, messages] = [count('e'), count('m')];
    const others = records.length - entities - messages;
    return {
      carried: { entities, messages, others },
      losses: describeLosses(scan, records.length, broken, described),
    };
  } finally {
    await rm(copy, { recursive: true, force: true });
  }
}

/** Copies a store that nobody writes to meanwhile: half of what was written would look like damage. */
async function copyUnused(from: string, to: string): Promise<void> {
  if ((await listStoreFiles(await originalFiles(from))).length === 0) {
    throw new StoreError(from, 'there is no store');
  }
  const unlock = await lockDirectory(from, await loadClassicLevel(from));
  try {
    await copyStore(await originalFiles(from), to, false);
  } finally {
    await unlock();
  }
}

/** Takes away what LevelDB must not open. */
async function takeBrokenTables(directory: string): Promise<NamedTable[]> {
  const broken: NamedTable[] = [];
  for await (const table of readTables(directory)) if (table.damaged.length > 0) broken.push(table);
  for (const { name } of broken) await rm(path.join(directory, name));
  return broken;
}

/** Returns the records of damaged tables that nothing newer replaces. */
function readBroken(tables: readonly NamedTable[], { records, damaged }: Scan): StoredRecord[] {
  const known = new Set([...records.map(({ key }) => key), ...damaged]);
  const newest = new Map<string, TableEntry>();
  for (const entry of tables.flatMap(({ entries }) => entries)) {
    const other = newest.get(entry.key);
    if (!known.has(entry.key) && (!other || other.sequence < entry.sequence)) newest.set(entry.key, entry);
  }
  return [...newest.values()].flatMap(({ key, value }) => {
    const record = key === HEAD_KEY || value === undefined ? undefined : unseal(key, value);
    return record ? [{ key, value: record.value }] : [];
  });
}

async function scanRepaired(directory: string): Promise<Scan> {
  const Level = await loadClassicLevel(directory);
  await Level.repair(directory);
  const database = new Level<string, Buffer>(directory, databaseOptions(true));
  await database.open();
  try {
    return await scanRecords(database, await Stamp.read(directory));
  } finally {
    await database.close();
  }
}

async function writeStore(directory: string, records: readonly StoredRecord[]): Promise<void> {
  let problem: Error | undefined;
  const { writes, close } = await openRecords(directory, (error) => (problem = error as Error));
  for (const { key, value } of records) writes.put(key, value);
  await close();
  if (problem !== undefined) throw problem;
}

/** Describes, with the defaults, entities of which only messages and the like are left. */
function describeLost(records: readonly StoredRecord[]): StoredRecord[] {
  const isKnown = new Set(
    records.filter(({ key }) => key.startsWith('e')).map(({ key }) => parseKey(key).address),
  );
  const lost: StoredRecord[] = [];
  const describe = (address: string, record: EntityRecord): void => {
    if (isKnown.has(address)) return;
    isKnown.add(address);
    lost.push({ key: recordKey('e', address), value: Buffer.from(writeEntity(record)) });
  };
  const addresses = new Set(records.map(({ key }) => entityAddress(parseKey(key).address)));
  const times = { createdAtMs: 0, updatedAtMs: 0 };
  // Topics have records of their own as well: those that subscriptions name come first, the rest are queues.
  for (const address of addresses) {
    const [, topicName, name] = /^(.+)\/Subscriptions\/([^/]+)$/.exec(address) ?? [];
    if (topicName === undefined || name === undefined) continue;
    const topic = describeTopic({ name: topicName }, 'standard');
    describe(topicName, { kind: 'topic', description: topic, ...times });
    const rules = [{ name: '$Default', filter: { kind: 'true' }, createdAtMs: 0 } as const];
    const description = describeSubscription({ name, topicName });
    describe(address, { kind: 'subscription', description, rules, ...times });
  }
  for (const address of addresses) {
    if (/\/Subscriptions\/[^/]+$/.test(address)) continue;
    describe(address, { kind: 'queue', description: describeQueue({ name: address }, 'standard'), ...times });
  }
  return lost;
}

function describeLosses(
  { damaged, head, problem }: Scan,
  carried: number,
  broken: readonly NamedTable[],
  described: readonly StoredRecord[],
): string[] {
  const missing = (head?.totals.records ?? 0) - carried - damaged.length;
  return [
    ...broken.map(({ name, damaged: blocks }) => `altered: ${name}, ${blocks.join(', ')}`),
    ...damaged.map((key) => `altered: ${describeKey(key)}`),
    ...described.map(({ key }) => `lost, and made anew with the defaults: ${describeKey(key)}`),
    ...(missing > 0 ? [`missing: ${missing} further records`] : []),
    ...(head ? [] : ['missing: the record of what the store held, so there may be more losses than these']),
    ...(problem ? [`what follows a place that could not be read: ${problem.message}`] : []),
  ];
}

function describeKey(key: string): string {
  const { kind, address, name } = parseKey(key);
  return `${KINDS[kind] ?? 'something of'} '${address}'${name === '' ? '' : ` (${name})`}`;
}

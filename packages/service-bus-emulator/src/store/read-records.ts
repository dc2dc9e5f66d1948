import { type EntityRecord } from '../model/entity/entity-record.js';
import {
  type MessageRecord,
  type NamespaceRecords,
  type SessionRecord,
} from '../model/namespace/namespace-records.js';
import { subscriptionAddress } from '../model/entity/address.js';
import { readEntity } from './entity-text.js';
import { readMessage } from './message-bytes.js';
import { parseKey, recordRange, type RecordKind } from './record-key.js';
import { type Database } from './write-queue.js';

/** Reads all records. */
export async function readRecords(database: Database): Promise<NamespaceRecords> {
  const entities: EntityRecord[] = [];
  for await (const { value } of recordsOf(database, 'e')) entities.push(readEntity(value.toString('utf8')));

  // An interrupted deletion may have left records of an entity that is gone.
  const known = new Set(entities.map(addressOf));
  const belongs = (address: string): boolean =>
    known.has(address.replace(/(\/\$Transfer)?\/\$DeadLetterQueue$/, ''));

  const messages: MessageRecord[] = [];
  for await (const { address, name, value } of recordsOf(database, 'm')) {
    if (belongs(address)) messages.push(readMessage(address, Number(name), value));
  }
  const sequenceNumbers: { address: string; sequenceNumber: number }[] = [];
  for await (const { address, value } of recordsOf(database, 'n')) {
    if (belongs(address)) sequenceNumbers.push({ address, sequenceNumber: value.readDoubleBE() });
  }
  const sessions: SessionRecord[] = [];
  for await (const { address, name, value } of recordsOf(database, 's')) {
    const state = Buffer.from(value.subarray(8));
    if (belongs(address))
      sessions.push({ address, sessionId: name, state, stateUpdatedAtMs: value.readDoubleBE() });
  }
  const messageIds: { address: string; messageId: string; forgetAtMs: number }[] = [];
  for await (const { address, name, value } of recordsOf(database, 'd')) {
    if (belongs(address)) messageIds.push({ address, messageId: name, forgetAtMs: value.readDoubleBE() });
  }
  return { entities, messages, sequenceNumbers, sessions, messageIds };
}

async function* recordsOf(
  database: Database,
  kind: RecordKind,
): AsyncGenerator<{ address: string; name: string; value: Buffer }, void, undefined> {
  for await (const [key, value] of database.iterator(recordRange(kind))) {
    const { address, name } = parseKey(key);
    yield { address, name, value };
  }
}

function addressOf({ kind, description }: EntityRecord): string {
  return kind === 'subscription'
    ? subscriptionAddress(description.topicName, description.name)
    : description.name;
}

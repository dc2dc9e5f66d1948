import { type EntityRecord } from '../model/entity/entity-record.js';
import {
  type MessageRecord,
  type NamespaceRecords,
  type SessionRecord,
} from '../model/namespace/namespace-records.js';
import { subscriptionAddress } from '../model/entity/address.js';
import { readEntity } from './entity-text.js';
import { readMessage } from './message-bytes.js';
import { parseKey, type RecordKind } from './record-key.js';
import { type StoredRecord } from './scan-records.js';

/** Reads what all records say. */
export function readRecords(records: readonly StoredRecord[]): NamespaceRecords {
  const of = (kind: RecordKind): { address: string; name: string; value: Buffer }[] =>
    records.filter(({ key }) => key.startsWith(kind)).map(({ key, value }) => ({ ...parseKey(key), value }));
  const entities = of('e').map(({ value }): EntityRecord => readEntity(value.toString('utf8')));

  // An interrupted deletion, in the first format, may have left records of an entity that is gone.
  const known = new Set(entities.map(addressOf));
  const ofKnown = (kind: RecordKind): ReturnType<typeof of> =>
    of(kind).filter(({ address }) => known.has(entityAddress(address)));
  return {
    entities,
    messages: ofKnown('m').map(({ address, name, value }): MessageRecord =>
      readMessage(address, Number(name), value),
    ),
    sequenceNumbers: ofKnown('n').map(({ address, value }) => ({
      address,
      sequenceNumber: value.readDoubleBE(),
    })),
    sessions: ofKnown('s').map(({ address, name, value }): SessionRecord => ({
      address,
      sessionId: name,
      state: Buffer.from(value.subarray(8)),
      stateUpdatedAtMs: value.readDoubleBE(),
    })),
    messageIds: ofKnown('d').map(({ address, name, value }) => ({
      address,
      messageId: name,
      forgetAtMs: value.readDoubleBE(),
    })),
  };
}

/** Returns the address of the entity that a message queue belongs to. */
export function entityAddress(address: string): string {
  return address.replace(/(\/\$Transfer)?\/\$DeadLetterQueue$/, '');
}

function addressOf({ kind, description }: EntityRecord): string {
  return kind === 'subscription'
    ? subscriptionAddress(description.topicName, description.name)
    : description.name;
}

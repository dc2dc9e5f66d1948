import { type Journal } from '../model/entity/journal.js';
import { partitionOf } from '../model/queue/sequence-numbers.js';
import { writeEntity } from './entity-text.js';
import { writeMessage } from './message-bytes.js';
import { recordKey, recordPrefix } from './record-key.js';
import { type WriteQueue } from './write-queue.js';

// The suffixes of an entity's message queues.
const SUB_QUEUES = ['', '/$DeadLetterQueue', '/$Transfer/$DeadLetterQueue'];

/** Creates a journal that writes to the disk. */
export function storeJournal(writes: WriteQueue): Journal {
  return {
    entityChanged: (address, record) => writes.put(recordKey('e', address), Buffer.from(writeEntity(record))),
    entityRemoved: (address) => {
      writes.delete(recordKey('e', address));
      for (const subQueue of SUB_QUEUES) {
        for (const kind of ['m', 'n', 's', 'd'] as const)
          writes.deleteAll(recordPrefix(kind, address + subQueue));
      }
    },
    messageChanged: (address, message) =>
      writes.put(recordKey('m', address, message.sequenceNumber), writeMessage(message)),
    messageRemoved: (address, sequenceNumber) => writes.delete(recordKey('m', address, sequenceNumber)),
    sequenceNumberTaken: (address, sequenceNumber) =>
      writes.put(recordKey('n', address, partitionOf(sequenceNumber) || ''), number(sequenceNumber)),
    sessionChanged: (address, { id, state, stateUpdatedAtMs }) => {
      const key = recordKey('s', address, id);
      if (state === undefined) writes.delete(key);
      else writes.put(key, Buffer.concat([number(stateUpdatedAtMs), state]));
    },
    messageIdRemembered: (address, messageId, forgetAtMs) =>
      writes.put(recordKey('d', address, messageId), number(forgetAtMs)),
    messageIdForgotten: (address, messageId) => writes.delete(recordKey('d', address, messageId)),
  };
}

function number(value: number): Buffer {
  const bytes = Buffer.allocUnsafe(8);
  bytes.writeDoubleBE(value);
  return bytes;
}

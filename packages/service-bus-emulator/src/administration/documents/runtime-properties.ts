import { type Activity } from '../../model/entity/activity.js';
import { type Receivable } from '../../model/entity/receivable.js';
import { element, type XmlElement } from '../xml/xml-element.js';

const COUNTS = 'd2p1';
const COUNTS_NAMESPACE = 'http://schemas.microsoft.com/netservices/2011/06/servicebus';

/** Writes when an entity was created, changed and used. */
export function writeTimes({ createdAtMs, updatedAtMs, accessedAtMs }: Activity): XmlElement[] {
  return [
    element('CreatedAt', new Date(createdAtMs).toISOString()),
    element('UpdatedAt', new Date(updatedAtMs).toISOString()),
    element('AccessedAt', new Date(accessedAtMs).toISOString()),
  ];
}

/** Writes how many messages a queue or a subscription stores, including dead letters. */
export function writeMessageCounts({ main, deadLetters, transferDeadLetters }: Receivable): XmlElement[] {
  const { active, deferred, scheduled } = main.store.counts;
  const total = main.store.size + deadLetters.store.size + transferDeadLetters.store.size;
  const details = writeCountDetails({
    // [Service Bus: deferred messages count as active]
    ActiveMessageCount: active + deferred,
    DeadLetterMessageCount: deadLetters.store.size,
    ScheduledMessageCount: scheduled,
    TransferDeadLetterMessageCount: transferDeadLetters.store.size,
  });
  return [element('MessageCount', total), details];
}

/** Writes these counts, and 0 for all others. The SDK requires exactly one attribute: the prefix of the children. */
export function writeCountDetails(counts: Readonly<Record<string, number>>): XmlElement {
  const all = {
    ActiveMessageCount: 0,
    DeadLetterMessageCount: 0,
    ScheduledMessageCount: 0,
    TransferMessageCount: 0,
    TransferDeadLetterMessageCount: 0,
    ...counts,
  };
  const children = Object.entries(all).map(([name, count]) => element(`${COUNTS}:${name}`, count));
  return element('CountDetails', children, { [`xmlns:${COUNTS}`]: COUNTS_NAMESPACE });
}

import { createHash } from 'node:crypto';

import { type DeskMessage } from '../message/desk-message.js';
import { errorSignature } from '../message/error-signature.js';

/** Dead letters of one entity that failed for the same reason, in the same handler, with the same error. */
export interface DeadLetterGroup {
  /** Eight hexadecimal digits: the same for the same group, today and tomorrow. */
  readonly id: string;
  /** The entity that they were dead-lettered from. */
  readonly entity: string;
  /** The dead-letter reason, with all that varies replaced. */
  readonly reason: string;
  /** The handler that failed, where nestjs-service-bus dead-lettered them. */
  readonly handler: string | undefined;
  /** What their errors have in common: the first line, with all that varies replaced. */
  readonly signature: string;
  /** How many there are. */
  readonly count: number;
  /** When the first of them was enqueued. */
  readonly firstSeen: Date | undefined;
  /** When the last of them was enqueued. */
  readonly lastSeen: Date | undefined;
  /** One of them, to look at. */
  readonly example: bigint;
}

/** What makes a group. */
export type GroupKey = Pick<DeadLetterGroup, 'id' | 'entity' | 'reason' | 'handler' | 'signature'>;

/** Whoever sends the messages decides how many groups there are. */
const MAX_GROUPS = 5_000;
const OTHERS = 'all further groups';
const MAX_REASON_LENGTH = 200;

/** The group of a dead letter. */
export function groupOf(message: DeskMessage, entity: string): GroupKey {
  const reason = errorSignature((message.deadLetterReason ?? '').slice(0, MAX_REASON_LENGTH));
  const { handler } = message;
  const signature = errorSignature(message.deadLetterDescription ?? '');
  return keyOf(entity, reason, handler, signature);
}

/** Counts dead letters by group, as they come. */
export class GroupCounter {
  private readonly groups = new Map<
    string,
    { -readonly [Field in keyof DeadLetterGroup]: DeadLetterGroup[Field] }
  >();
  /** Reading a signature takes longer than all else; most messages of a group have the same texts. */
  private readonly known = new Map<string, GroupKey>();

  add(message: DeskMessage, entity: string): void {
    const key = this.keyOf(message, entity);
    const { enqueuedTime: time, sequenceNumber } = message;
    const group = this.groups.get(key.id);
    if (!group) {
      this.groups.set(key.id, { ...key, count: 1, firstSeen: time, lastSeen: time, example: sequenceNumber });
      return;
    }
    group.count++;
    if (time && (!group.firstSeen || time < group.firstSeen)) group.firstSeen = time;
    if (time && (!group.lastSeen || time > group.lastSeen)) group.lastSeen = time;
  }

  /** The groups so far, the largest first. */
  get largestFirst(): DeadLetterGroup[] {
    return [...this.groups.values()].sort((one, other) => other.count - one.count);
  }

  private keyOf(message: DeskMessage, entity: string): GroupKey {
    const key = this.read(message, entity);
    if (this.groups.has(key.id) || this.groups.size < MAX_GROUPS) return key;
    return keyOf(entity, OTHERS, undefined, '');
  }

  private read(message: DeskMessage, entity: string): GroupKey {
    const { deadLetterReason = '', deadLetterDescription = '', handler = '' } = message;
    const texts = `${entity}\n${handler}\n${deadLetterReason}\n${deadLetterDescription}`;
    if (texts.length > MAX_KNOWN_LENGTH) return groupOf(message, entity);
    const known = this.known.get(texts);
    if (known) return known;
    const key = groupOf(message, entity);
    if (this.known.size >= MAX_KNOWN) this.known.clear();
    this.known.set(texts, key);
    return key;
  }
}

const MAX_KNOWN = 1_000;
const MAX_KNOWN_LENGTH = 2_048;

function keyOf(entity: string, reason: string, handler: string | undefined, signature: string): GroupKey {
  const id = createHash('sha256').update(JSON.stringify([entity.toLowerCase(), reason, handler, signature]));
  return { id: id.digest('hex').slice(0, 8), entity, reason, handler, signature };
}

import { changeDeadLetters } from './change/change-dead-letters.js';
import { type ChangeOptions, type RunResult } from './change/change-options.js';
import { type ExportedMessage, exportMessage } from './change/exported-line.js';
import { importMessages, type ImportOptions, type ReadLines } from './change/import-messages.js';
import { Purge } from './change/purge.js';
import { type HandDeadLetter, Redrive } from './change/redrive.js';
import { Resubmit, type ResubmitOptions } from './change/resubmit.js';
import { deadLetterPath, readEntityAddress } from './connection/entity-address.js';
import { Namespace } from './connection/namespace.js';
import { type NamespaceOptions } from './connection/namespace-options.js';
import { type DeadLetterFilter, readFilter } from './dead-letters/dead-letter-filter.js';
import { type DeadLetterGroup, GroupCounter } from './dead-letters/dead-letter-group.js';
import {
  countDeadLetters,
  type DeadLetterCount,
  type EntityDepth,
  listEntities,
} from './dead-letters/entities.js';
import { peekMessages, type PeekOptions } from './dead-letters/peek-messages.js';
import { type DeskMessage } from './message/desk-message.js';
import { cancelScheduled, type NewMessage, sendMessage } from './operate/send-message.js';
import { listRules, type SubscriptionRule } from './operate/rules.js';
import { listSessions, readSessionState } from './operate/sessions.js';

/** What a listing of dead letters is asked for. */
export interface ListOptions extends PeekOptions {
  /** Default: all. */
  readonly filter?: DeadLetterFilter;
}

/**
 * A namespace as its operators see it: dead letters, in groups, looked at and given back. Everything is plain functions
 * and async iterables that end with an AbortSignal; nothing is printed.
 *
 * Looking needs the right Listen on the entity. Counts and the list of entities need Manage, and where that is missing
 * say so.
 */
export class Desk {
  private constructor(private readonly namespace: Namespace) {}

  /** Connects to nothing yet. @throws DeskError if the options are wrong */
  static async open(options: NamespaceOptions): Promise<Desk> {
    return new Desk(await Namespace.open(options));
  }

  /** The namespace's host, with its port where it has one. */
  get host(): string {
    return this.namespace.host;
  }

  /** The one entity that the key is good for; undefined where it is good for all. */
  get onlyEntity(): string | undefined {
    return this.namespace.onlyEntity;
  }

  /**
   * Lists the queues and subscriptions with their counts.
   *
   * @throws DeskError (`not-allowed`) without the right Manage: entities have to be named then
   */
  entities(signal?: AbortSignal): AsyncIterable<EntityDepth> {
    return listEntities(this.namespace, signal);
  }

  /** Counts the dead letters of an entity: at once with Manage, else by looking at each. */
  countDeadLetters(entity: string, signal?: AbortSignal): Promise<DeadLetterCount> {
    return countDeadLetters(this.namespace, entity, signal);
  }

  /** Looks at the messages of any entity (`orders`, `orders/$DeadLetterQueue`) in order, none of them locked. */
  async *peek(path: string, options: PeekOptions = {}): AsyncGenerator<DeskMessage, void> {
    for await (const page of peekMessages(this.namespace, path, options)) yield* page;
  }

  /** Looks at the dead letters of an entity that a filter lets through, in order, as they come. */
  async *deadLetters(entity: string, options: ListOptions = {}): AsyncGenerator<DeskMessage, void> {
    const address = readEntityAddress(entity);
    const { filter = {}, max = Infinity, ...peeking } = options;
    const isWanted = readFilter(filter, address.path);
    let left = max;
    for await (const page of peekMessages(this.namespace, deadLetterPath(address), peeking)) {
      for (const message of page) {
        if (left <= 0) return;
        if (!isWanted(message)) continue;
        yield message;
        left--;
      }
      if (left <= 0) return;
    }
  }

  /**
   * Groups the dead letters of an entity by reason, handler and error. Yields the groups so far, the largest first, after
   * each page: the last ones are those of all.
   */
  async *groups(entity: string, options: ListOptions = {}): AsyncGenerator<DeadLetterGroup[], void> {
    const address = readEntityAddress(entity);
    const { filter = {}, ...peeking } = options;
    const isWanted = readFilter(filter, address.path);
    const counter = new GroupCounter();
    for await (const page of peekMessages(this.namespace, deadLetterPath(address), peeking)) {
      for (const message of page) if (isWanted(message)) counter.add(message, address.path);
      yield counter.largestFirst;
    }
  }

  /** Returns the dead letter of this sequence number; undefined if there is none. */
  async deadLetter(
    entity: string,
    sequenceNumber: bigint,
    signal?: AbortSignal,
  ): Promise<DeskMessage | undefined> {
    const path = deadLetterPath(readEntityAddress(entity));
    for await (const [message] of peekMessages(this.namespace, path, {
      from: sequenceNumber,
      max: 1,
      signal,
    })) {
      return message?.sequenceNumber === sequenceNumber ? message : undefined;
    }
    return undefined;
  }

  /**
   * Sends dead letters once more, to where they were or elsewhere: a copy first, with an id of its own that is the same
   * for each copy of one dead letter, and when the broker has it the original is removed. Needs Listen on the entity, and
   * Send on the target.
   *
   * @throws DeskError where it could not be begun, or stopped after the first messages (`canary-failed`)
   */
  resubmit(entity: string, options: ChangeOptions & ResubmitOptions = {}): Promise<RunResult> {
    const address = readEntityAddress(entity);
    return changeDeadLetters(
      this.namespace,
      address,
      new Resubmit(this.namespace, address, options),
      options,
    );
  }

  /**
   * Has dead letters handled where they are, by a process that has their entity's handler: no other subscription sees a
   * copy, and no queue is passed twice. What fails again stays where it is. Needs Listen on the entity.
   *
   * @param handle gets each of them with its lock, some at a time
   * @throws DeskError where it could not be begun, or stopped after the first messages (`canary-failed`)
   */
  redrive(entity: string, handle: HandDeadLetter, options: ChangeOptions = {}): Promise<RunResult> {
    const address = readEntityAddress(entity);
    return changeDeadLetters(this.namespace, address, new Redrive(address.path, handle), options);
  }

  /** Removes dead letters for good. Needs Listen. */
  purge(entity: string, options: ChangeOptions = {}): Promise<RunResult> {
    return changeDeadLetters(this.namespace, readEntityAddress(entity), new Purge(), options);
  }

  /** Copies dead letters to lines of JSON, unharmed; none is removed. Needs Listen. */
  async *export(entity: string, options: ListOptions = {}): AsyncGenerator<ExportedMessage, void> {
    const { path } = readEntityAddress(entity);
    for await (const message of this.deadLetters(entity, options)) yield exportMessage(message, path);
  }

  /** Sends messages that were exported, a line of JSON each. Needs Send. @throws DeskError if a line is none */
  import(readLines: ReadLines, options: ImportOptions): Promise<RunResult> {
    return importMessages(this.namespace, readLines, options);
  }

  /**
   * Sends a message to a queue or a topic: now, or so that it becomes active at a time. Needs Send.
   *
   * @returns the sequence number of a scheduled message, by which it can be cancelled
   */
  send(entity: string, message: NewMessage, at?: Date): Promise<bigint | undefined> {
    return sendMessage(this.namespace, entity, message, at);
  }

  /** Looks at the scheduled messages of a queue. Needs Listen. */
  async *scheduled(entity: string, options: PeekOptions = {}): AsyncGenerator<DeskMessage, void> {
    for await (const message of this.peek(entity, options)) if (message.state === 'scheduled') yield message;
  }

  /** Cancels scheduled messages of a queue or a topic. Needs Send. */
  cancelScheduled(entity: string, sequenceNumbers: readonly bigint[]): Promise<void> {
    return cancelScheduled(this.namespace, entity, sequenceNumbers);
  }

  /** Lists the ids of the sessions that have messages. Needs Listen. */
  sessions(entity: string, signal?: AbortSignal): AsyncIterable<string> {
    return listSessions(this.namespace, entity, signal);
  }

  /**
   * Returns a session's state, undefined where it has none. For a moment it holds the session, which fails while
   * somebody else does. Needs Listen.
   */
  sessionState(entity: string, sessionId: string): Promise<unknown> {
    return readSessionState(this.namespace, entity, sessionId);
  }

  /** Lists the rules of a subscription. Needs Listen. @throws DeskError for a queue */
  rules(entity: string): Promise<SubscriptionRule[]> {
    return listRules(this.namespace, entity);
  }

  /** Closes all connections. */
  close(): Promise<void> {
    return this.namespace.close();
  }
}

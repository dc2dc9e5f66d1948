/**
 * What the page and its server say to each other, as JSON. The page knows nothing else of the desk. Sequence numbers are
 * decimal digits, times ISO 8601.
 */

/** `GET api/session`: whose desk this is, and what may be done at it. */
export interface SessionAnswer {
  readonly host: string;
  /** The one entity that the key is good for. */
  readonly onlyEntity?: string;
  readonly who: string;
  readonly mayChange: boolean;
  readonly bodies: 'shown' | 'hidden';
  /** Whether dead letters can be handed to the handlers of this process. */
  readonly canRedrive: boolean;
}

/** A queue or a subscription. */
export interface EntityNumbers {
  readonly kind: 'queue' | 'subscription';
  readonly entity: string;
  readonly active: number;
  readonly deadLetters: number;
  readonly scheduled: number;
  readonly transferDeadLetters: number;
}

/** `GET api/probe?entity=…&entity=…`: what only looking into an entity tells. Absent: not known. */
export interface EntityProbe {
  readonly entity: string;
  /** When the oldest message that can be received was enqueued. */
  readonly oldest?: string;
  /** Messages a second that came in, by their sequence numbers. */
  readonly inPerSecond?: number;
  /** Messages a second that went. */
  readonly outPerSecond?: number;
}

/** `GET api/history?entity=…`: the last hour, oldest first. */
export interface HistoryAnswer {
  /** Unix time, in seconds. */
  readonly times: readonly number[];
  readonly active: readonly number[];
  readonly deadLetters: readonly number[];
  readonly scheduled: readonly number[];
}

/** What a process tells of one of its bindings. */
export interface BindingNumbers {
  readonly name: string;
  readonly entity: string;
  readonly health: 'up' | 'down' | 'paused';
  readonly reason?: string;
  readonly running: number;
  readonly maxConcurrentCalls: number;
  readonly retriesWaiting: number;
  readonly circuit: 'closed' | 'open' | 'half-open';
  readonly handled?: number;
  readonly failed?: number;
}

/** The events of `GET api/live`, by name. */
export interface LiveEvents {
  /** All entities, or why there are none; the first event. */
  readonly entities: { readonly entities: readonly EntityNumbers[]; readonly problem?: string };
  /** Those that have changed, and the names of those that are gone. */
  readonly changes: { readonly entities: readonly EntityNumbers[]; readonly gone: readonly string[] };
  readonly bindings: readonly BindingNumbers[];
  readonly job: JobAnswer;
}

/** A group of dead letters. */
export interface GroupAnswer {
  readonly id: string;
  readonly entity: string;
  readonly reason: string;
  readonly handler?: string;
  readonly signature: string;
  readonly count: number;
  readonly firstSeen?: string;
  readonly lastSeen?: string;
  readonly example: string;
}

/** A line of `GET api/groups?entity=…`: the groups so far, the largest first, and in the end all. */
export interface GroupsLine {
  readonly looked: number;
  readonly groups: readonly GroupAnswer[];
  readonly done: boolean;
  /** Groups beyond those that are named here. */
  readonly more?: number;
  readonly problem?: string;
}

/** A message in a list. */
export interface MessageRow {
  readonly sequenceNumber: string;
  readonly state: 'active' | 'deferred' | 'scheduled';
  readonly enqueuedTime?: string;
  readonly scheduledEnqueueTime?: string;
  readonly messageId?: string;
  readonly sessionId?: string;
  readonly subject?: string;
  readonly reason?: string;
  readonly description?: string;
  readonly handler?: string;
  readonly attempt?: number;
  readonly bytes: number;
  /** The beginning of its body. */
  readonly preview: string;
}

/** `GET api/messages?path=…`: a page of messages. */
export interface MessagesAnswer {
  readonly messages: readonly MessageRow[];
  /** Where the next page begins; absent at the end. */
  readonly next?: string;
  readonly looked: number;
}

/** `GET api/message?path=…&number=…`: everything of one message. */
export interface MessageAnswer {
  readonly fields: readonly (readonly [name: string, value: string])[];
  readonly sequenceNumber: string;
  readonly reason?: string;
  readonly description?: string;
  readonly stack?: string;
  readonly properties: readonly { readonly name: string; readonly type: string; readonly value: unknown }[];
  readonly body: BodyAnswer;
  /** What of it may be edited, as it is now. */
  readonly editable: {
    readonly contentType?: string;
    readonly subject?: string;
    readonly correlationId?: string;
  };
}

/** A body, as readable as it can be. */
export interface BodyAnswer {
  readonly kind: 'data' | 'value' | 'sequence' | 'none';
  readonly type: string;
  readonly bytes: number;
  readonly form: 'json' | 'text' | 'hex' | 'none' | 'hidden';
  readonly text: string;
  /** The text is the beginning only. */
  readonly isCut: boolean;
}

/** Which dead letters; all of it has to be true. */
export interface SelectionQuery {
  readonly group?: string;
  readonly reason?: string;
  readonly handler?: string;
  readonly since?: string;
  readonly until?: string;
  readonly properties?: Readonly<Record<string, string>>;
  readonly text?: string;
  readonly subject?: string;
  readonly sessionId?: string;
  readonly messageId?: string;
  readonly sequenceNumbers?: readonly string[];
}

/** `POST api/jobs`: begins a change of dead letters. */
export interface JobQuery {
  readonly action: 'resubmit' | 'purge' | 'redrive';
  readonly entity: string;
  readonly selection?: SelectionQuery;
  readonly dryRun?: boolean;
  readonly max?: number;
  readonly rate?: number;
  readonly canary?: number | false;
  /** Of a resubmit: to another queue or topic. */
  readonly to?: string;
  readonly toAllSubscriptions?: boolean;
  /** Of a resubmit. Null removes. */
  readonly edit?: {
    readonly body?: string;
    readonly contentType?: string | null;
    readonly subject?: string | null;
    readonly correlationId?: string | null;
    readonly properties?: Readonly<Record<string, string | number | boolean | null>>;
  };
  /** Of a purge: the entity's name once more. */
  readonly confirm?: string;
}

/** A change, and how far it has come. */
export interface JobAnswer {
  readonly id: string;
  readonly action: 'resubmit' | 'purge' | 'redrive';
  readonly entity: string;
  readonly who: string;
  readonly dryRun: boolean;
  readonly startedAt: string;
  readonly state: 'running' | 'done' | 'failed' | 'stopped';
  readonly planned: number;
  readonly done: number;
  readonly failed: number;
  readonly missing: number;
  readonly held: number;
  readonly failures: readonly { readonly sequenceNumber: string; readonly reason: string }[];
  /** Why it has failed. */
  readonly problem?: string;
  /** What kind of problem that is, for programs. */
  readonly code?: string;
}

/** `POST api/send`. */
export interface SendQuery {
  readonly entity: string;
  readonly body: string;
  /** How `body` is written. Default: text. */
  readonly encoding?: 'text' | 'hex';
  readonly messageId?: string;
  readonly sessionId?: string;
  readonly subject?: string;
  readonly contentType?: string;
  readonly correlationId?: string;
  readonly timeToLiveMs?: number;
  readonly properties?: Readonly<Record<string, string | number | boolean>>;
  /** Active at this time only. */
  readonly at?: string;
}

/** A rule of a subscription, and whether a message would match it. */
export interface RuleAnswer {
  readonly name: string;
  readonly kind: 'sql' | 'correlation' | 'true' | 'false';
  /** The condition, or what has to be equal. */
  readonly filter: string;
  readonly action?: string;
  readonly matches?: boolean;
  /** Why that cannot be said. */
  readonly problem?: string;
}

/** `POST api/rules/match`: would this message match? One that is there, or one that is described. */
export interface MatchQuery {
  readonly entity: string;
  readonly path?: string;
  readonly number?: string;
  readonly message?: {
    readonly subject?: string;
    readonly messageId?: string;
    readonly correlationId?: string;
    readonly contentType?: string;
    readonly sessionId?: string;
    readonly to?: string;
    readonly replyTo?: string;
    readonly properties?: Readonly<Record<string, string | number | boolean>>;
  };
}

/** What is answered where something is wrong. */
export interface ProblemAnswer {
  readonly problem: string;
}

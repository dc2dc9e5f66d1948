import { type Type } from '@nestjs/common';

import { type AllowReplyTo } from '../binding/binding.js';
import { type UsedReceiver, type UsedSender } from '../binding/binding-registry.js';
import { type DescribedContract } from '../contract/contract-registry.js';
import { type Topology } from '../topology/model/topology.js';
import { type DescribedOption } from './describe-options.js';

/** What an application reads, handles and sends to in a namespace, as it declares it: no broker is asked. */
export interface ApplicationDescription {
  /** The name of the connection with the namespace; undefined for the one without. */
  readonly connection: string | undefined;
  /** In the order of their handlers. */
  readonly bindings: readonly DescribedBinding[];
  /** Those that `@Publishes` and `@Handles` name, in the order of their names. */
  readonly contracts: readonly DescribedContract[];
  /** Where answers to requests of contracts come to; undefined where none is set. */
  readonly replyQueue: string | undefined;
  /** Injected senders. */
  readonly senders: readonly UsedSender[];
  /** Injected receivers. */
  readonly receivers: readonly UsedReceiver[];
  /** Client proxies of `ClientsModule`, for this namespace. */
  readonly clients: readonly DescribedClient[];
  /** The entities of all these, and what they are to be like. */
  readonly topology: Topology;
}

/** A binding, its handlers, and where its options come from. */
export interface DescribedBinding {
  /** The binding's name. */
  readonly pattern: string;
  /** What it reads. */
  readonly entity:
    | { readonly kind: 'queue'; readonly name: string }
    | { readonly kind: 'subscription'; readonly topic: string; readonly name: string };
  /** Where results go that name no other place; undefined for nowhere. */
  readonly replyTo: string | undefined;
  /** Which places messages may name in their own `replyTo`. */
  readonly allowReplyTo: AllowReplyTo;
  /** Whether the entity is read by a connection string of its own. */
  readonly hasOwnKey: boolean;
  /** Whether `replyTo` is sent to by a connection string of its own. */
  readonly replyToHasOwnKey: boolean;
  /** Whether it reads the entity by sessions. */
  readonly requiresSession: boolean;
  /** Messages in work at once; of sessions, those held at once. */
  readonly maxConcurrentCalls: number;
  /** Those that its messages come to, by their subjects. */
  readonly handlers: readonly DescribedHandler[];
  /** Every option that has a value, by its path: `retry.maxAttempts`. */
  readonly options: readonly DescribedOption[];
}

/** A handler of a binding's messages. */
export interface DescribedHandler {
  /** `Class.method`. */
  readonly name: string;
  /** The class that has it. */
  readonly controller: Type;
  /** The method's name. */
  readonly method: string;
  /** Undefined for messages of any subject. */
  readonly subject: string | undefined;
  /** Whether it gives no results. */
  readonly isEvent: boolean;
}

/** A client proxy; a pattern that its options do not name goes to the queue of its own name, of which nothing is known. */
export interface DescribedClient {
  /** The name that it is injected by. */
  readonly name: string;
  /** Queues that its options name. */
  readonly queues: readonly string[];
  /** Topics that its options name. */
  readonly topics: readonly string[];
  /** Where answers come to; undefined where it only sends. */
  readonly replyQueue: string | undefined;
}

import { type ServiceBusReceivedMessage } from '@azure/service-bus';

import { type Binding } from '../binding/binding.js';
import { type Clock } from '../time/clock.js';
import { type Requester, requesterOf } from './reply-protocol.js';

/** A destination that was refused is not tried again for this long. */
const REFUSED_MS = 30_000;
const MAX_REFUSALS_IN_A_ROW = 20;
const MAX_REMEMBERED = 1_000;

/** Told once, of the first place that a message named and the binding does not allow. */
export type ReplyToIgnored = (destination: string) => void;

/**
 * Where results of a binding's messages may go: to the binding's own destination always, to a place that a message
 * names only if the binding allows it. Whoever can send to the input could otherwise have this service write to any
 * queue that it may send to.
 */
export class ReplyPolicy {
  private readonly allowed: (destination: string) => boolean;
  private readonly proven = new Set<string>();
  private readonly refused = new Map<string, number>();
  private refusalsInARow = 0;
  /** The one new place that is tried while places are refused in a row. */
  private probe?: string;
  private hasToldOfIgnored = false;

  constructor(
    private readonly binding: Pick<Binding, 'replyTo' | 'allowReplyTo'>,
    private readonly clock: Clock,
    private readonly ignored: ReplyToIgnored,
  ) {
    this.allowed = toPredicate(binding.allowReplyTo);
  }

  /** Undefined where results go nowhere. */
  destinationOf({ replyTo }: ServiceBusReceivedMessage): string | undefined {
    const own = this.binding.replyTo;
    // AMQP clients may send anything for an address.
    if (replyTo === undefined || typeof replyTo !== 'string' || replyTo === '') return own;
    if (own !== undefined && isSame(replyTo, own)) return own;
    return this.allows(replyTo) ? this.asListed(replyTo) : own;
  }

  /** Who waits for the replies to this message, if the binding lets it be told. */
  requesterOf(message: ServiceBusReceivedMessage): Requester | undefined {
    const requester = requesterOf(message);
    if (!requester) return undefined;
    const destination = this.destinationOf(message);
    return destination !== undefined && isSame(destination, requester.replyTo) ? requester : undefined;
  }

  /** Whether a message may have it that something is sent there. */
  takes(destination: string): boolean {
    const own = this.binding.replyTo;
    return (own !== undefined && isSame(destination, own)) || this.allows(destination);
  }

  /** True for a destination that a message chose. */
  isForeign(destination: string): boolean {
    return destination !== this.binding.replyTo;
  }

  /** True for a destination that the binding names itself: its own, or one of those that messages may choose. */
  isNamed(destination: string): boolean {
    const { replyTo, allowReplyTo } = this.binding;
    return destination === replyTo || (Array.isArray(allowReplyTo) && allowReplyTo.includes(destination));
  }

  /**
   * Whether it makes sense to send to a place that a message chose. Not for some time after a refusal; and when many
   * places in a row were refused, only one new place at a time is tried, so that those who name places that lead
   * nowhere hold up nobody. Places that have taken a message before are not affected.
   */
  mayTry(destination: string): boolean {
    if (this.proven.has(destination)) return true;
    if (this.isRefused(destination)) return false;
    if (this.refusalsInARow < MAX_REFUSALS_IN_A_ROW) return true;
    if (this.probe !== undefined) return false;
    this.probe = destination;
    return true;
  }

  /** The place has taken a message. */
  accepted(destination: string): void {
    this.tried(destination);
    this.refusalsInARow = 0;
    if (this.proven.has(destination)) return;
    this.proven.add(destination);
    dropOldest(this.proven);
  }

  /** The broker does not let us send there, or there is nothing of that name. */
  rejected(destination: string): void {
    this.tried(destination);
    this.refusalsInARow++;
    this.proven.delete(destination);
    this.refused.delete(destination);
    this.refused.set(destination, this.clock.now() + REFUSED_MS);
    dropOldest(this.refused);
  }

  /** A try is over, and has told nothing of the place. */
  tried(destination: string): void {
    if (this.probe === destination) this.probe = undefined;
  }

  /** In the one spelling of the binding's list: each has a sender and metrics. */
  private asListed(destination: string): string {
    const { allowReplyTo } = this.binding;
    if (typeof allowReplyTo === 'boolean' || typeof allowReplyTo === 'function') return destination;
    return allowReplyTo.find((name) => isSame(name, destination)) ?? destination;
  }

  private isRefused(destination: string): boolean {
    if (this.refused.size === 0) return false;
    const untilMs = this.refused.get(destination);
    if (untilMs === undefined) return false;
    if (untilMs > this.clock.now()) return true;
    this.refused.delete(destination);
    return false;
  }

  private allows(destination: string): boolean {
    let isAllowed = false;
    try {
      isAllowed = this.allowed(destination);
    } catch {
      // The application's function does not say yes.
    }
    if (!isAllowed && !this.hasToldOfIgnored) {
      this.hasToldOfIgnored = true;
      this.ignored(destination);
    }
    return isAllowed;
  }
}

function toPredicate(allow: Binding['allowReplyTo']): (destination: string) => boolean {
  if (typeof allow === 'function') return (destination) => allow(destination) === true;
  if (typeof allow === 'boolean') return () => allow;
  const names = new Set(allow.map((name) => name.toLowerCase()));
  return (destination) => names.has(destination.toLowerCase());
}

/** [Service Bus: names of entities are the same in upper and lower case] */
function isSame(one: string, other: string): boolean {
  return one === other || one.toLowerCase() === other.toLowerCase();
}

/** Sets and maps keep the order of insertion. */
function dropOldest(names: Set<string> | Map<string, unknown>): void {
  if (names.size <= MAX_REMEMBERED) return;
  const [oldest] = names.keys();
  if (oldest !== undefined) names.delete(oldest);
}

import { type EntityInspection } from 'service-bus-emulator';

import { type Binding } from '../binding/binding.js';
import { type Delivery } from '../delivery/delivery.js';
import { LEAD_MS } from '../receive/concurrency/rate-limiter.js';
import { type ConsumerHealth } from '../receive/health/consumer-health.js';
import { type InHand } from './recorder.js';

/** A binding at this moment, and what it reads. */
export interface BindingNow {
  readonly binding: Binding;
  readonly health: ConsumerHealth;
  readonly entity: EntityInspection;
  readonly hand: InHand;
}

/** So many messages of a binding are named. */
const MAX_NAMED = 5;

/**
 * Says what is still to be done now, with nothing to wait for but the network and handlers; nothing if all that is
 * left waits for the clock, or for nobody. A message is locked as soon as the broker sends it, and gone or due later
 * once the broker has its settlement: between the two ends none is overlooked.
 */
export function whatIsUnsettled(now: BindingNow): readonly string[] {
  const { binding, health, entity, hand } = now;
  const { entityPath, sessions } = binding;
  if (health.state === 'connecting') return ['does not receive yet'];
  if (health.state === 'failing') return [`cannot receive: ${health.error?.message ?? 'no reason given'}`];
  if (health.state === 'paused') return unsettledPaused(now);
  // Those that are here already wait for the end of the pause with their locks held.
  const atWork = health.circuit === 'open' ? hand.running.size : health.inWork - waitingForRate(health);
  const inWork = atWork - heldBack(hand);
  if (inWork > 0) return describeWork(inWork, now);
  if (health.circuit === 'open') return [];
  const hasRate = health.rate !== undefined;
  if (sessions) return unsettledSession(binding, entity, hand, hasRate);
  const { lockedCount, counts } = entity;
  const isAllHere = counts.active <= lockedCount || isHeldBackByRate(health);
  const waiting = health.waitingForRetry + waitingForRate(health) + heldBack(hand);
  if (isAllHere && lockedCount <= waiting) return [];
  return onTheirWay(entity, hand, hasRate).map(
    (messageId) => `message ${messageId} of ${entityPath} has not come yet`,
  );
}

/** What moves only if the clock does; undefined if there is nothing of the kind. */
export function whatWaits({ health, entity, hand }: BindingNow): string | undefined {
  const waiting = [
    health.circuit === 'open' || health.state === 'paused' ? 'a pause' : '',
    counted(health.waitingForRetry, 'a retry', 'retries'),
    isHeldBackByRate(health) ? 'its rate' : '',
    counted(heldBack(hand), 'a result that was refused', 'results that were refused'),
    counted(entity.counts.scheduled, 'a scheduled message', 'scheduled messages'),
  ].filter((part) => part !== '');
  return waiting.length > 0 ? waiting.join(', ') : undefined;
}

/** Messages in hand whose turn has not come. Where they wait for a handler, that one is in work as well. */
function waitingForRate({ rate }: ConsumerHealth): number {
  return rate?.waiting ?? 0;
}

/** Results that are tried again when a pause is over, as their destination takes nothing at the moment. */
function heldBack({ running }: InHand): number {
  return [...running].filter(({ isHeldBack }) => isHeldBack).length;
}

/** Whether what is at the broker stays there until the clock moves on. */
function isHeldBackByRate({ rate }: ConsumerHealth): boolean {
  if (!rate) return false;
  // While its store fails one message comes all the same, to have it asked again.
  return rate.waiting > 0 || (!rate.storeError && rate.nextTokenInMs > LEAD_MS);
}

function counted(count: number, one: string, several: string): string {
  if (count === 0) return '';
  return count === 1 ? one : `${count} ${several}`;
}

function describeWork(inWork: number, { hand, binding }: BindingNow): string[] {
  const { received, running, handled, retrying } = hand;
  const turns = [...received.values()].filter(
    (delivery) => delivery.state === 'open' && !running.has(delivery) && !retrying.has(delivery),
  );
  const orBatch = binding.batch ? ', or its batch is not full' : '';
  const working = [...running].filter(({ isHeldBack }) => !isHeldBack);
  const described = working.map((delivery) => {
    const name = `message ${nameOf(delivery)}`;
    if (delivery.isSettling) return `the broker has not answered the settlement of ${name}`;
    if (!handled.has(delivery))
      return `the handler has not ended for ${name}, attempt ${delivery.attempt}${orBatch}`;
    return `the result for ${name} has not been accepted`;
  });
  described.push(...turns.map((delivery) => `message ${nameOf(delivery)} waits for its turn`));
  const named = described.slice(0, MAX_NAMED);
  const others = Math.max(inWork, described.length) - named.length;
  return others > 0
    ? [...named, `${counted(others, 'one more message is', 'more messages are')} in work`]
    : named;
}

/** Those that can be received or have been, and neither are in hand nor wait for the clock, by their ids. */
function onTheirWay(entity: EntityInspection, hand: InHand, hasRate: boolean): string[] {
  const { received } = hand;
  const moving: string[] = [];
  for (const { state, locked, sequenceNumber, deliveryCount, messageId } of entity.messages()) {
    if (state !== 'active') continue;
    const delivery = received.get(String(sequenceNumber));
    // A lock that was lost here goes on at the broker until its time is over.
    const isLost = delivery?.state === 'lost' && delivery.message.deliveryCount === deliveryCount;
    const isWaiting = delivery !== undefined && waitsForClock(delivery, hand, hasRate);
    if (locked && (isLost || isWaiting)) continue;
    moving.push(messageId);
    if (moving.length === MAX_NAMED) break;
  }
  return moving;
}

/** Whether a message in hand waits for its retry, or for the rate. */
function waitsForClock(delivery: Delivery, { retrying, running }: InHand, hasRate: boolean): boolean {
  if (delivery.state !== 'open' || delivery.isSettling) return false;
  return retrying.has(delivery) || delivery.isHeldBack || (hasRate && !running.has(delivery));
}

/** What waits at the broker of a binding that is paused waits for nobody. */
function unsettledPaused(now: BindingNow): string[] {
  const { inWork, waitingForRetry } = now.health;
  const refused = heldBack(now.hand);
  if (inWork > refused) return describeWork(inWork - refused, now);
  const { lockedCount, heldSessions } = now.entity;
  const waiting = waitingForRetry + refused;
  const isOver = lockedCount <= waiting && heldSessions.length <= waiting;
  return isOver ? [] : ['is paused, and its messages are on their way back'];
}

/** What a session keeps back for a retry, or for want of a free place, waits for the clock. */
function unsettledSession(
  { sessions }: Binding,
  entity: EntityInspection,
  hand: InHand,
  hasRate: boolean,
): string[] {
  const held = new Set(entity.heldSessions);
  const waiting = new Set(
    [...hand.retrying, ...hand.received.values()]
      .filter((delivery) => waitsForClock(delivery, hand, hasRate))
      .map(({ message }) => message.sessionId),
  );
  const hasRoom = held.size < (sessions?.maxConcurrentSessions ?? 0);
  const moving = entity
    .messages()
    .find(
      ({ state, sessionId = '' }) =>
        state === 'active' && !waiting.has(sessionId) && (held.has(sessionId) || hasRoom),
    );
  return moving ? [`message ${moving.messageId} of session ${moving.sessionId} has not come yet`] : [];
}

function nameOf({ message }: Delivery): string {
  const id =
    message.messageId === undefined ? `number ${String(message.sequenceNumber)}` : String(message.messageId);
  return message.sessionId === undefined ? id : `${id} of session ${message.sessionId}`;
}

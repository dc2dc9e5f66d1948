import { type EntityInspection } from 'service-bus-emulator';

import { type Binding } from '../binding/binding.js';
import { type Delivery } from '../delivery/delivery.js';
import { type ConsumerHealth } from '../receive/health/consumer-health.js';

/** A binding at this moment, and what it reads. */
export interface BindingNow {
  readonly binding: Binding;
  readonly health: ConsumerHealth;
  readonly entity: EntityInspection;
  /** Messages on their way through it, from decoding to their settlement. */
  readonly running: number;
  /** Of its sessions: what waits for another attempt. */
  readonly retrying: readonly Delivery[];
}

/**
 * Says what is still to be done now, with nothing to wait for but the network and handlers; undefined if all that is
 * left waits for the clock, or for nobody. A message is locked as soon as the broker sends it, and gone or due later
 * once the broker has its settlement: between the two ends none is overlooked.
 */
export function whatIsUnsettled({
  binding,
  health,
  entity,
  running,
  retrying,
}: BindingNow): string | undefined {
  const { pattern, entityPath, sessions } = binding;
  if (health.state === 'connecting') return `${pattern} does not receive yet`;
  if (health.state === 'failing')
    return `${pattern} cannot receive: ${health.error?.message ?? 'no reason given'}`;
  // Those that are here already wait for the end of the pause with their locks held.
  const inWork = health.circuit === 'open' ? running : health.inWork;
  if (inWork > 0) return `${pattern}: ${inWork} of its messages are in work`;
  if (health.circuit === 'open') return undefined;
  if (sessions) return unsettledSession(binding, entity, retrying);
  const { lockedCount, counts } = entity;
  const isOver = lockedCount <= health.waitingForRetry && counts.active <= lockedCount;
  return isOver ? undefined : `${pattern}: messages of ${entityPath} are on their way`;
}

/** What a session keeps back for a retry, or for want of a free place, waits for the clock. */
function unsettledSession(
  { pattern, sessions }: Binding,
  entity: EntityInspection,
  retrying: readonly Delivery[],
): string | undefined {
  const held = new Set(entity.heldSessions);
  const waiting = new Set(
    retrying
      .filter(({ state, isSettling }) => state === 'open' && !isSettling)
      .map(({ message }) => message.sessionId),
  );
  const hasRoom = held.size < (sessions?.maxConcurrentSessions ?? 0);
  const moving = entity
    .messages()
    .find(
      ({ state, sessionId = '' }) =>
        state === 'active' && !waiting.has(sessionId) && (held.has(sessionId) || hasRoom),
    );
  return moving && `${pattern}: messages of session ${moving.sessionId} are on their way`;
}

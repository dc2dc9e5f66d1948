import { errorCode, isTransient, throttlePauseMs } from '../sdk/index.js';
import { type Delivery } from './delivery.js';
import { type Settlement } from './settlement.js';

const FIRST_DELAY_MS = 50;
const MAX_DELAY_MS = 2_000;
/** Refusals that say nothing about the way to the broker will not change by themselves. */
const MAX_REFUSALS = 3;

/**
 * Settles a delivery: tried again over broken links until the broker has answered or the lock is lost (the
 * renewer tells). Never rejects: a message that could not be settled comes again when its lock ends.
 */
export function settle(delivery: Delivery, settlement: Settlement): Promise<void> {
  const { observer } = delivery;
  if (!observer) return untilAnswered(delivery, settlement);
  return observer.settle(delivery, settlement, () => untilAnswered(delivery, settlement));
}

// The first try is nearly always the last one: it goes without a loop of its own to wait in.
function untilAnswered(delivery: Delivery, settlement: Settlement): Promise<void> {
  if (isOver(delivery)) return Promise.resolve();
  return delivery.trySettle(settlement).catch((error: unknown) => tryAgain(delivery, settlement, error));
}

async function tryAgain(delivery: Delivery, settlement: Settlement, firstError: unknown): Promise<void> {
  let error = firstError;
  let refusals = 0;
  for (let delayMs = FIRST_DELAY_MS; ; delayMs = Math.min(delayMs * 2, MAX_DELAY_MS)) {
    if (isOver(delivery)) return;
    const code = errorCode(error);
    if (code === 'MessageLockLost' || code === 'SessionLockLost') return delivery.lose(error);
    if (code === 'ServiceBusy') delivery.troubles++;
    if (!isTransient(error) && ++refusals >= MAX_REFUSALS) return delivery.lose(error);
    await delivery.pause(Math.max(delayMs, throttlePauseMs(error)));
    if (isOver(delivery)) return;
    try {
      return await delivery.trySettle(settlement);
    } catch (nextError) {
      error = nextError;
    }
  }
}

// A pause is long enough for the lock to end, or for somebody else to settle.
function isOver({ state }: Delivery): boolean {
  return state !== 'open';
}

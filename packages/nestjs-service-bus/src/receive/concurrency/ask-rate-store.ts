import { type RateReservation, type ServiceBusRateStore } from '../../binding/rate-store.js';
import { readField, toText } from '../../exceptions/read-thrown.js';

/** An answer that comes later is of no use any more: its turns may be over. */
export const STORE_TIMEOUT_MS = 500;
export const TOO_LATE = `it has not answered in ${STORE_TIMEOUT_MS} ms`;
const SHOWN = 100;

/** The store of a shared rate has given no answer, or none that can be used. */
export class RateStoreError extends Error {
  override readonly name = 'RateStoreError';
}

/** Asks a store for turns; returns the delay of the first. Rejects with whatever it fails with, or a RateStoreError. */
export async function askRateStore(
  store: ServiceBusRateStore,
  reservation: RateReservation,
): Promise<number> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => reject(new RateStoreError(TOO_LATE)), STORE_TIMEOUT_MS);
  });
  try {
    // What it answers may be anything, a promise of its own kind included.
    const asked = new Promise<unknown>((resolve) => resolve(store.reserve(reservation)));
    const answer = await Promise.race([asked, late]);
    const delayMs = readField(answer, 'delayMs');
    if (typeof delayMs === 'number' && Number.isFinite(delayMs)) return delayMs;
    const shown = answer === undefined ? 'undefined' : toText(answer).slice(0, SHOWN);
    throw new RateStoreError(`it has answered ${shown}, expected is { delayMs } with a number`);
  } finally {
    clearTimeout(timer);
  }
}

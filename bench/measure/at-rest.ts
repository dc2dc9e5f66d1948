import { type Usage } from '../candidates/candidate-process.js';
import { type Child } from '../process/child.js';

const POLL_EVERY_MS = 100;
const BUSY_MICROSECONDS = 5_000;

/** Waits until a candidate is nearly idle, so that everything it had begun is finished. */
export async function atRest(child: Child): Promise<void> {
  let last = await child.ask<Usage>('usage');
  for (;;) {
    await new Promise((resolve) => setTimeout(resolve, POLL_EVERY_MS));
    const now = await child.ask<Usage>('usage');
    if (now.cpuMicroseconds - last.cpuMicroseconds < BUSY_MICROSECONDS) return;
    last = now;
  }
}

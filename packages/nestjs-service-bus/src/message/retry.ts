import { type Delivery } from '../delivery/delivery.js';
import { aboutMessage } from '../delivery/current-message.js';
import { complete } from './complete.js';
import { describeError } from './dead-letter.js';
import { describeMessage } from '../delivery/describe-message.js';
import { type MessagePath } from '../runtime/message-path.js';
import { retryCopy } from './retry-copy.js';

/**
 * Has a message tried again after a time: with its lock held while that is short enough, else by a copy that the
 * broker keeps until then. The message is completed only when the broker has the copy.
 */
export async function retry(delivery: Delivery, delayMs: number, path: MessagePath): Promise<void> {
  if (!isHeld(delayMs, path) && (await sendCopy(delivery, delayMs, path))) {
    return complete(delivery, path.completed);
  }
  if (delivery.state === 'open') await path.waitingRoom.enter(delivery, delayMs);
}

function isHeld(delayMs: number, { binding }: MessagePath): boolean {
  // A copy for a subscription would go to its topic, and so to all others; one in a session would lose its turn.
  const isCopiable = binding.subscription === undefined && binding.sessions === undefined;
  return !isCopiable || delayMs <= binding.retry.maxHoldMs;
}

async function sendCopy(delivery: Delivery, delayMs: number, path: MessagePath): Promise<boolean> {
  const { entity, entityPath } = path.binding;
  const dueAtMs = path.clock.wallTime() + delayMs;
  const copy = retryCopy(delivery.message, entityPath, delivery.attempt, dueAtMs);
  try {
    await path.outputs.send(entity, delivery, () => path.senders.get(entity).sendAlone(copy));
    return true;
  } catch (error) {
    const name = describeMessage(delivery, path.binding);
    aboutMessage(delivery, path.binding, () =>
      path.logger.warn(`${name} waits with its lock held, it could not be copied: ${describeError(error)}`),
    );
    return false;
  }
}

import { type Delivery } from '../delivery/delivery.js';
import { aboutMessage } from '../delivery/current-message.js';
import { complete } from './complete.js';
import { describeError } from '../exceptions/describe-error.js';
import { describeMessage } from '../delivery/describe-message.js';
import { type MessageRuntime } from './binding-runtime.js';
import { retryCopy } from './retry-copy.js';

/**
 * Has a message tried again after a time: with its lock held while that is short enough, else by a copy that the
 * broker keeps until then. The message is completed only when the broker has the copy.
 */
export async function retry(delivery: Delivery, delayMs: number, runtime: MessageRuntime): Promise<void> {
  const { completed, waitingRoom } = runtime;
  const isCopied = !isHeld(delayMs, runtime) && (await sendCopy(delivery, delayMs, runtime));
  // While its copy was on its way, its lock was lost, or a drain gave it back: its next delivery is one too many.
  if (delivery.isInterrupted) return isCopied ? completed.add(delivery.message) : undefined;
  if (isCopied) return complete(delivery, completed);
  if (delivery.state === 'open') await waitingRoom.enter(delivery, delayMs);
}

function isHeld(delayMs: number, { binding, counting }: MessageRuntime): boolean {
  // A copy for a subscription would go to its topic, and so to all others; one in a session would lose its turn; and
  // nothing can be sent to a dead-letter queue.
  const isPlain = binding.subscription === undefined && binding.sessions === undefined;
  const isCopiable = isPlain && !counting.isDeadLetterQueue;
  return !isCopiable || delayMs <= binding.retry.maxHoldMs;
}

async function sendCopy(delivery: Delivery, delayMs: number, runtime: MessageRuntime): Promise<boolean> {
  const { entity, entityPath } = runtime.binding;
  const dueAtMs = runtime.brokerClock.now() + delayMs;
  const copy = retryCopy(delivery.message, entityPath, delivery.attempt, dueAtMs);
  try {
    // Once the message goes back, or comes again, its copy would be one message more.
    await runtime.outputs.send(entity, delivery, () =>
      runtime.inputSenders.get(entity).sendAlone(copy, undefined, delivery),
    );
    return true;
  } catch (error) {
    if (delivery.isInterrupted) return false;
    const name = describeMessage(delivery, runtime.binding);
    aboutMessage(delivery, runtime.binding, () =>
      runtime.logger.warn(
        `${name} waits with its lock held, it could not be copied: ${describeError(error)}`,
      ),
    );
    return false;
  }
}

import { type Route } from '../binding/route-table.js';
import { type Delivery } from '../delivery/delivery.js';
import { ServiceBusContext } from '../delivery/service-bus.context.js';
import { aboutMessage } from '../delivery/current-message.js';
import { closeRecord, recordAttempts } from '../delivery/attempts.js';
import { complete } from './complete.js';
import { deadLetterProperties, describeError, fitCause } from './dead-letter.js';
import { decode } from './decode.js';
import { describeMessage } from '../delivery/describe-message.js';
import { type MessagePath } from '../runtime/message-path.js';
import { COMPLETE, type Outcome, outcomeOf } from './outcome.js';
import { reply, replyFailure } from '../reply/reply.js';
import { retry } from './retry.js';
import { policyFor } from '../binding/retry-policy.js';
import { settle } from '../delivery/settle.js';

export { type Invoke, type MessagePath } from '../runtime/message-path.js';

/**
 * The way of one message: decode → find handler → handle → reply → settle. Never rejects; resolves with what
 * became of the attempt, or with nothing if none was made or another delivery decides.
 */
export function processMessage(delivery: Delivery, path: MessagePath): Promise<Outcome | undefined> {
  const { telemetry } = path;
  if (!telemetry) return takeThrough(delivery, path);
  return telemetry.process(delivery, () => takeThrough(delivery, path));
}

async function takeThrough(delivery: Delivery, path: MessagePath): Promise<Outcome | undefined> {
  const { message } = delivery;
  // Its lock was lost while it waited for its turn: the broker delivers it again, to somebody else maybe.
  if (delivery.state !== 'open') return undefined;
  if (path.completed.has(message)) {
    await complete(delivery, path.completed);
    return undefined;
  }
  let route: Route | undefined;
  let outcome: Outcome;
  try {
    const payload = decode(message);
    message.body = payload;
    route = path.routes.find(message.subject);
    const context = new ServiceBusContext(delivery, route.pattern, path.binding.entityPath);
    const results = await path.attempt(route.handler, payload, context, delivery);
    // The message will be delivered again: its output is that delivery's to send.
    if (delivery.isInterrupted) return undefined;
    await reply(results, delivery, route, path);
    outcome = COMPLETE;
  } catch (error) {
    outcome = outcomeOf(error, delivery.attempt, policyFor(error, path.binding.retry), path.clock.random);
  }
  if (delivery.isInterrupted) {
    if (outcome.kind === 'complete') path.completed.add(message);
    return undefined;
  }
  if (delivery.state === 'open') await settleAs(outcome, delivery, path, route);
  else if (outcome.kind !== 'complete') {
    const name = describeMessage(delivery, path.binding);
    aboutMessage(delivery, path.binding, () =>
      path.logger.error(`${name} failed after its handler had settled it`),
    );
  }
  return outcome;
}

function settleAs(
  outcome: Outcome,
  delivery: Delivery,
  path: MessagePath,
  route: Route | undefined,
): Promise<void> {
  switch (outcome.kind) {
    case 'complete':
      return complete(delivery, path.completed);
    case 'defer':
      return settle(delivery, outcome);
    case 'give-back': {
      const properties = recordAttempts(delivery.message, delivery.attempt - 1);
      return settle(delivery, { kind: 'abandon', properties });
    }
    case 'retry':
      warnOfRetry(outcome, delivery, path);
      return retry(delivery, outcome.delayMs, path);
    case 'dead-letter':
      return deadLetter(outcome, delivery, path, route);
  }
}

function warnOfRetry(
  { delayMs, error }: Extract<Outcome, { kind: 'retry' }>,
  delivery: Delivery,
  { binding, logger }: MessagePath,
): void {
  const name = describeMessage(delivery, binding);
  aboutMessage(delivery, binding, () =>
    logger.warn(`${name} failed, next attempt in ${delayMs} ms: ${describeError(error)}`),
  );
}

async function deadLetter(
  { cause, error }: Extract<Outcome, { kind: 'dead-letter' }>,
  delivery: Delivery,
  path: MessagePath,
  route: Route | undefined,
): Promise<void> {
  const name = describeMessage(delivery, path.binding);
  aboutMessage(delivery, path.binding, () =>
    path.logger.error(`${name} is dead-lettered: ${cause.reason}`, cause.stack),
  );
  const properties = {
    ...closeRecord(delivery.message),
    ...deadLetterProperties(cause, { handler: route?.name, attempt: delivery.attempt }),
  };
  await settle(delivery, { kind: 'dead-letter', ...fitCause(cause), properties });
  // Only now is it final: a message whose lock was lost comes again.
  if (delivery.state !== 'settled') return;
  const pattern = route?.pattern ?? path.binding.pattern;
  await replyFailure(error, delivery.message, pattern, path).catch((refusal: unknown) => {
    aboutMessage(delivery, path.binding, () =>
      path.logger.warn(`${name}: its requester could not be told: ${describeError(refusal)}`),
    );
  });
}

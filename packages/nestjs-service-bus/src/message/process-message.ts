import { backoff } from '../binding/backoff.js';
import { type Binding } from '../binding/binding.js';
import { policyFor } from '../binding/retry-policy.js';
import { type Route } from '../binding/route-table.js';
import { announceAttempt, closeRecord, isToBeAnnounced } from '../delivery/attempts.js';
import { aboutMessage } from '../delivery/current-message.js';
import { type Delivery } from '../delivery/delivery.js';
import { describeMessage } from '../delivery/describe-message.js';
import { giveBack } from '../delivery/give-back.js';
import { ServiceBusContext } from '../delivery/service-bus.context.js';
import { settle } from '../delivery/settle.js';
import { type Settlement, type SettlementProperties } from '../delivery/settlement.js';
import { describeError } from '../exceptions/describe-error.js';
import { errorsOf } from '../exceptions/filtered.error.js';
import { MaxAttemptsExceededError } from '../exceptions/max-attempts-exceeded.error.js';
import { decode, takeUndecoded } from '../format/decode.js';
import { subjectOf } from '../format/opened-envelope.js';
import { readPayload } from '../format/read-payload.js';
import { reply } from '../reply/reply.js';
import { replyFailure } from '../reply/reply-failure.js';
import { type MessageRuntime } from './binding-runtime.js';
import { complete } from './complete.js';
import { type DeadLetterCause, deadLetterCause, deadLetterProperties, fitCause } from './dead-letter.js';
import { COMPLETE, type Outcome, outcomeOf } from './outcome.js';
import { retry } from './retry.js';

/**
 * The way of one message: decode → find handler → handle → reply → settle. Never rejects; resolves with what
 * became of the attempt, or with nothing if none was made or another delivery decides.
 */
export function processMessage(delivery: Delivery, runtime: MessageRuntime): Promise<Outcome | undefined> {
  const { observer } = runtime;
  if (!observer) return processUnobserved(delivery, runtime);
  return processObserved(delivery, runtime, observer);
}

async function processObserved(
  delivery: Delivery,
  runtime: MessageRuntime,
  observer: NonNullable<MessageRuntime['observer']>,
): Promise<Outcome | undefined> {
  try {
    return await observer.process(delivery, () => processUnobserved(delivery, runtime));
  } catch (error) {
    return recover(error, delivery, runtime);
  }
}

/** The one boundary of a message's way: whatever fails inside, the message and its delivery come to an end. */
async function processUnobserved(delivery: Delivery, runtime: MessageRuntime): Promise<Outcome | undefined> {
  try {
    return await walk(delivery, runtime);
  } catch (error) {
    return recover(error, delivery, runtime);
  }
}

async function walk(delivery: Delivery, runtime: MessageRuntime): Promise<Outcome | undefined> {
  const { message } = delivery;
  if (delivery.inDoubt) {
    await delivery.inDoubt;
    if (delivery.isInterrupted) return undefined;
  }
  // Its lock was lost while it waited for its turn: the broker delivers it again, to somebody else maybe.
  if (delivery.state !== 'open') return undefined;
  if (runtime.completed.has(message)) {
    await complete(delivery, runtime.completed);
    return undefined;
  }
  if (isToBeAnnounced(message, runtime.counting)) {
    await settle(delivery, { kind: 'abandon', properties: announceAttempt(message, delivery.attempt) });
    return undefined;
  }
  const { maxAttempts } = runtime.counting;
  if (delivery.attempt > maxAttempts)
    return refuse(new MaxAttemptsExceededError(maxAttempts), delivery, runtime);
  let route: Route | undefined;
  let outcome: Outcome;
  try {
    let payload: unknown;
    if (runtime.reads) {
      payload = await readPayload(message, runtime.reads);
      // A format may take its time.
      if (delivery.isInterrupted) return undefined;
    } else payload = readAsEver(message, runtime.binding);
    message.body = payload;
    route = routeOf(message, runtime);
    const context = new ServiceBusContext(delivery, route.pattern, runtime.binding.entityPath);
    const results = await handled(runtime.attempt(route.handler, payload, context, delivery), delivery);
    // The message will be delivered again: its output is that delivery's to send.
    if (delivery.isInterrupted) return undefined;
    await reply(results, delivery, route, runtime);
    outcome = COMPLETE;
  } catch (error) {
    outcome = outcomeOf(error, {
      number: delivery.attempt,
      policy: policyFor(errorsOf(error), runtime.binding.retry),
      isDraining: runtime.outputs.isClosed,
      random: runtime.clock.random,
    });
  }
  if (delivery.isInterrupted) {
    if (outcome.kind === 'complete') runtime.completed.add(message);
    return undefined;
  }
  if (delivery.state === 'open') await settleAs(outcome, delivery, runtime, route);
  else if (outcome.kind !== 'complete') {
    const name = describeMessage(delivery, runtime.binding);
    aboutMessage(delivery, runtime.binding, () =>
      runtime.logger.error(`${name} failed after its handler had settled it`),
    );
  }
  return outcome;
}

/** Where nothing is said of formats. */
function readAsEver(message: Delivery['message'], { decode: isDecoded }: Binding): unknown {
  return isDecoded ? decode(message) : takeUndecoded(message);
}

function routeOf(message: Delivery['message'], { routes, reads }: MessageRuntime): Route {
  return routes.find(reads ? subjectOf(message, routes.has) : message.subject);
}

/** From the end of its handler on a message takes nobody's turn, whatever it still waits for. */
async function handled<Results>(attempt: Promise<Results>, delivery: Delivery): Promise<Results> {
  try {
    return await attempt;
  } finally {
    delivery.handled();
  }
}

/** Ends a message without running its handler. */
async function refuse(error: Error, delivery: Delivery, runtime: MessageRuntime): Promise<Outcome> {
  const cause = { reason: error.name, description: error.message };
  const outcome = { kind: 'dead-letter', cause, error, answer: error, isUntried: true } as const;
  await deadLetter(outcome, delivery, runtime, undefined);
  return outcome;
}

/** The way itself has failed, which no handler can bring about: the message is tried again as after any error. */
async function recover(error: unknown, delivery: Delivery, runtime: MessageRuntime): Promise<undefined> {
  try {
    const { binding, logger, waitingRoom } = runtime;
    aboutMessage(delivery, binding, () =>
      logger.error(`${describeMessage(delivery, binding)} could not be processed: ${describeError(error)}`),
    );
    if (delivery.state !== 'open' || waitingRoom.has(delivery)) return;
    const { attempt } = delivery;
    if (attempt < binding.retry.maxAttempts) {
      await waitingRoom.enter(delivery, backoff(binding.retry, attempt, runtime.clock.random));
    } else await settle(delivery, endOf(fitCause(deadLetterCause(error)), {}, runtime));
  } catch (cause) {
    // Its lock ends by itself, and the broker delivers it again.
    delivery.lose(cause);
  }
}

function settleAs(
  outcome: Outcome,
  delivery: Delivery,
  runtime: MessageRuntime,
  route: Route | undefined,
): Promise<void> {
  switch (outcome.kind) {
    case 'complete':
      return complete(delivery, runtime.completed);
    case 'defer':
      return settle(delivery, outcome);
    case 'give-back':
      return giveBack(delivery, delivery.attempt - 1);
    case 'retry':
      delivery.hasFailed = true;
      warnOfRetry(outcome, delivery, runtime);
      return retry(delivery, outcome.delayMs, runtime);
    case 'dead-letter':
      return deadLetter(outcome, delivery, runtime, route);
  }
}

function warnOfRetry(
  { delayMs, error }: Extract<Outcome, { kind: 'retry' }>,
  delivery: Delivery,
  { binding, logger }: MessageRuntime,
): void {
  const name = describeMessage(delivery, binding);
  aboutMessage(delivery, binding, () =>
    logger.warn(`${name} failed, next attempt in ${delayMs} ms: ${describeError(error)}`),
  );
}

async function deadLetter(
  { cause, answer }: Extract<Outcome, { kind: 'dead-letter' }>,
  delivery: Delivery,
  runtime: MessageRuntime,
  route: Route | undefined,
): Promise<void> {
  const name = describeMessage(delivery, runtime.binding);
  aboutMessage(delivery, runtime.binding, () =>
    runtime.logger.error(
      `${name} ${delivery.isRedriven ? 'stays' : 'is'} dead-lettered: ${cause.reason}`,
      cause.stack,
    ),
  );
  const properties = {
    ...closeRecord(delivery.message),
    ...deadLetterProperties(cause, { handler: route?.name, attempt: delivery.attempt }),
  };
  await settle(delivery, endOf(fitCause(cause), properties, runtime));
  // Only now is it final: a message whose lock was lost comes again.
  if (delivery.state !== 'settled' || delivery.isRedriven) return;
  const pattern = route?.pattern ?? runtime.binding.pattern;
  await replyFailure(answer, delivery.message, pattern, runtime).catch((refusal: unknown) => {
    aboutMessage(delivery, runtime.binding, () =>
      runtime.logger.warn(`${name}: its requester could not be told: ${describeError(refusal)}`),
    );
  });
}

/**
 * How a message ends that is not tried any more. [Service Bus] Nothing can be dead-lettered from a dead-letter queue:
 * there it is deferred, so that it stays where it is, to be seen, and comes to no handler again.
 */
function endOf(
  { reason, description }: Pick<DeadLetterCause, 'reason' | 'description'>,
  properties: SettlementProperties,
  { counting }: MessageRuntime,
): Settlement {
  if (!counting.isDeadLetterQueue) return { kind: 'dead-letter', reason, description, properties };
  const end = { 'dead-letter-end-reason': reason, 'dead-letter-end-description': description };
  return { kind: 'defer', properties: { ...properties, ...end } };
}

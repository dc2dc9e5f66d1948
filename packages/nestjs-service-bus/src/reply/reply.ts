import { type ServiceBusMessage } from '@azure/service-bus';

import { type Binding } from '../binding/binding.js';
import { type Route } from '../binding/route-table.js';
import { type Delivery } from '../delivery/delivery.js';
import { UnsendableResultError } from '../exceptions/unsendable-result.error.js';
import { errorCode } from '../sdk/index.js';
import { type SendOptions } from '../send/coalescing-sender.js';
import { type SenderPool } from '../send/sender-pool.js';
import { type Wire, wireOf } from '../format/wire.js';
import { writePayload } from '../format/write-payload.js';
import { LockLostError } from '../exceptions/lock-lost.error.js';
import { SerializationError } from '../exceptions/serialization.error.js';
import { checkJson, checkResult } from './check-result.js';
import { markReplies } from './mark-replies.js';
import { type OutputGates } from './output-gates.js';
import { outputMessage } from './output-message.js';
import { type ReplyPolicy } from './reply-policy.js';

/** Where results go to, and through what. */
export interface ReplyRuntime {
  readonly binding: Binding;
  readonly senders: SenderPool;
  readonly outputSenders: SenderPool;
  /** To places that only messages name: whoever may send can name any number of them. */
  readonly foreignSenders: SenderPool;
  readonly outputs: OutputGates;
  readonly replyPolicy: ReplyPolicy;
}

/** What the broker says of a place that takes no message from us, whatever is in it. */
export const UNREACHABLE = new Set<string | undefined>([
  'MessagingEntityNotFound',
  'MessagingEntityDisabled',
  'UnauthorizedAccess',
]);
const NO_RESULTS: readonly unknown[] = [];
/** A requester puts its replies in order by itself. */
const IN_ANY_ORDER: SendOptions = { mayOvertake: true };

/**
 * Sends a handler's results, and resolves when the broker has accepted them all. Rejects with an
 * UnsendableResultError for results that no further attempt could send.
 */
export async function reply(
  values: readonly unknown[],
  delivery: Delivery,
  route: Route,
  runtime: ReplyRuntime,
): Promise<void> {
  // An event handler gives no results. Whoever has sent a request to it is told that it has ended.
  const results = route.isEvent ? NO_RESULTS : values;
  const { binding, replyPolicy } = runtime;
  const input = delivery.message;
  const requester = replyPolicy.requesterOf(input);
  if (results.length === 0 && !requester) return;
  const destination = replyPolicy.destinationOf(input);
  if (destination === undefined) return;
  const wire = wireFor(results, route, binding);
  if (!wire?.formats.length) for (const result of results) checkResult(result);
  // Nearly always: one result, and nobody who counts them.
  if (results.length === 1 && !requester && !wire) {
    const message = outputMessage(results[0], input, binding.entityPath, route.pattern, 0);
    return send(message, destination, delivery, runtime);
  }
  // A requester learns of the end also when there is nothing else to tell.
  const plain = (results.length === 0 ? [null] : results).map((result, index) =>
    outputMessage(result, input, binding.entityPath, route.pattern, index),
  );
  const messages = wire ? await write(plain, wire, destination, delivery, route) : plain;
  if (requester) markReplies(messages, requester, results.length);
  const options = requester && IN_ANY_ORDER;
  const sends = messages.map((message) => send(message, destination, delivery, runtime, options));
  // All of them have ended before the attempt does: none is sent behind the next one's back.
  const ends = await Promise.allSettled(sends);
  const failed = ends.find((end) => end.status === 'rejected');
  if (failed) throw failed.reason;
}

/** Undefined where nothing is said of what results look like, and where there are none. */
function wireFor(results: readonly unknown[], { wire }: Route, binding: Binding): Wire | undefined {
  if (results.length === 0) return undefined;
  return wire || binding.formats || binding.compression ? wireOf([wire, binding]) : undefined;
}

/** Writes results in the binding's format; rejects for a delivery whose lock is lost meanwhile. */
async function write(
  messages: readonly ServiceBusMessage[],
  { formats, compressions }: Wire,
  destination: string,
  delivery: Delivery,
  route: Route,
): Promise<ServiceBusMessage[]> {
  const about = { type: route.pattern, destination, request: delivery.message };
  const writing = { format: formats[0], compression: compressions[0], about };
  const written = await Promise.all(messages.map((message) => writePayload(message, writing))).catch(
    (error: unknown) => {
      if (!(error instanceof SerializationError)) throw error;
      throw new UnsendableResultError('UnserializableResult', error.message, error);
    },
  );
  // A format may take its time: the next delivery sends them.
  if (delivery.isInterrupted) throw new LockLostError(undefined);
  return written;
}

async function send(
  message: ServiceBusMessage,
  destination: string,
  delivery: Delivery,
  runtime: ReplyRuntime,
  options?: SendOptions,
): Promise<void> {
  const { outputs, replyPolicy } = runtime;
  const isForeign = replyPolicy.isForeign(destination);
  if (isForeign && !replyPolicy.mayTry(destination)) throw unreachable(destination);
  const pool = isForeign ? poolFor(destination, runtime) : runtime.outputSenders;
  try {
    await outputs.send(destination, delivery, () => pool.get(destination).send(message, options, delivery));
    delivery.repliedTo = destination;
    if (isForeign) replyPolicy.accepted(destination);
  } catch (error) {
    const code = errorCode(error);
    const isUnreachable = isForeign && UNREACHABLE.has(code);
    if (isUnreachable) replyPolicy.rejected(destination);
    else if (isForeign) replyPolicy.tried(destination);
    if (code === 'MessageSizeExceeded') {
      const text = `the result is larger than ${destination} takes`;
      throw new UnsendableResultError('MessageSizeExceeded', text, error);
    }
    if (code === undefined) checkJson(message.body);
    throw isUnreachable ? unreachable(destination, error) : error;
  }
}

/** Who sends there. */
export function poolFor(
  destination: string,
  { binding, senders, outputSenders, foreignSenders, replyPolicy }: Omit<ReplyRuntime, 'outputs'>,
): SenderPool {
  // No other connection has the key to it.
  const isKeyed = binding.replyToConnectionString !== undefined;
  if (isKeyed && !replyPolicy.isForeign(destination)) return outputSenders;
  return replyPolicy.isNamed(destination) ? senders : foreignSenders;
}

/** The sender of the message has named it: no attempt of ours makes it exist. */
function unreachable(destination: string, cause?: unknown): UnsendableResultError {
  const text = `nothing can be sent to ${destination}, which the message names as its replyTo`;
  return new UnsendableResultError('ReplyToUnreachable', text, cause);
}

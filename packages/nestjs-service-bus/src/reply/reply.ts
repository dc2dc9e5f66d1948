import { type ServiceBusMessage, type ServiceBusReceivedMessage } from '@azure/service-bus';

import { type Binding } from '../binding/binding.js';
import { type Route } from '../binding/route-table.js';
import { markErrorReply, markReplies } from './mark-replies.js';
import { replyError } from './reply-error.js';
import { requesterOf } from './reply-protocol.js';
import { type SenderPool } from '../send/sender-pool.js';
import { type Delivery } from '../delivery/delivery.js';
import { outputMessage } from './output-message.js';
import { type OutputGates } from './output-gates.js';

/** Where results go to, and through what. */
export interface ReplyRuntime {
  readonly binding: Binding;
  readonly senders: SenderPool;
  readonly outputSenders: SenderPool;
  readonly outputs: OutputGates;
}

/** Sends a handler's results, and resolves when the broker has accepted them all. */
export async function reply(
  results: readonly unknown[],
  delivery: Delivery,
  route: Route,
  runtime: ReplyRuntime,
): Promise<void> {
  if (route.isEvent) return;
  const { binding } = runtime;
  const input = delivery.message;
  const requester = requesterOf(input);
  if (results.length === 0 && !requester) return;
  const destination = input.replyTo ?? binding.replyTo;
  if (destination === undefined || destination === '') return;
  // Nearly always: one result, and nobody who counts them.
  if (results.length === 1 && !requester) {
    return send(
      outputMessage(results[0], input, binding.entityPath, route.pattern, 0),
      destination,
      delivery,
      runtime,
    );
  }
  // A requester learns of the end also when there is nothing else to tell.
  const messages = (results.length === 0 ? [null] : results).map((result, index) =>
    outputMessage(result, input, binding.entityPath, route.pattern, index),
  );
  if (requester) markReplies(messages, requester, results.length);
  const sends = messages.map((message) => send(message, destination, delivery, runtime));
  // All of them have ended before the attempt does: none is sent behind the next one's back.
  const ends = await Promise.allSettled(sends);
  const failed = ends.find((end) => end.status === 'rejected');
  if (failed) throw failed.reason;
}

function send(
  message: ServiceBusMessage,
  destination: string,
  delivery: Delivery,
  { binding, senders, outputSenders, outputs }: ReplyRuntime,
): Promise<void> {
  const pool = destination === binding.replyTo ? outputSenders : senders;
  return outputs.send(destination, delivery, () => pool.get(destination).send(message));
}

/**
 * Tells the requester, if there is one, that its request was dead-lettered, and of what. The message is settled
 * by now and its fate known: rejects when the requester could not be told.
 */
export async function replyFailure(
  error: unknown,
  input: ServiceBusReceivedMessage,
  pattern: string,
  { binding, senders }: Pick<ReplyRuntime, 'binding' | 'senders'>,
): Promise<void> {
  const requester = requesterOf(input);
  if (!requester) return;
  const message = outputMessage(replyError(error), input, binding.entityPath, `${pattern}:error`, 0);
  markErrorReply(message, requester);
  await senders.get(requester.replyTo).send(message);
}

import { toServiceBusMessage } from '../message/to-service-bus-message.js';
import { type HeldLane, type Refusal, type RowKey, type WaitingMessage } from '../store/outbox-store.js';
import { describeFailure, judgeFailure } from './judge-failure.js';
import { type MessageSender } from './message-sender.js';

/** What has become of the messages of one lane. */
export interface LaneResult {
  readonly lane: HeldLane;
  readonly sent: readonly WaitingMessage[];
  readonly refused: readonly Refusal[];
  /** Why some of them still wait: the destination and its error; undefined if none does. */
  readonly unavailable: { readonly destination: string; readonly error: unknown } | undefined;
}

/**
 * Sends the first messages of a lane, in their order, and resolves when the fate of each one is known; never rejects.
 * Messages of a key leave only behind accepted ones: once one of them has failed, the rest of its key stays.
 */
export async function runLane(
  lane: HeldLane,
  messages: readonly WaitingMessage[],
  sender: MessageSender,
): Promise<LaneResult> {
  const sent: WaitingMessage[] = [];
  const refused: Refusal[] = [];
  let unavailable: LaneResult['unavailable'];
  const failed = (message: WaitingMessage, error: unknown): void => {
    const judgement = judgeFailure(error, lane.failures);
    if (judgement === 'refused') refused.push({ ...keyOf(message), ...describeFailure(error) });
    else if (judgement === 'unavailable') unavailable ??= { destination: message.destination, error };
  };
  // Begun in one turn of the event loop, so that they travel together.
  const sends = messages.map(async (message) => {
    try {
      await send(message, sender);
      sent.push(message);
    } catch (error) {
      failed(message, error);
    }
  });
  await Promise.all(sends);
  return { lane, sent, refused, unavailable };
}

/** In the calling turn of the event loop: the order of the calls is the order of the messages. */
function send(message: WaitingMessage, sender: MessageSender): Promise<void> {
  const { orderingKey } = message;
  const order = orderingKey === undefined ? undefined : { order: orderingKey };
  return sender.send(message.destination, toServiceBusMessage(message, message), order);
}

function keyOf({ lane, id }: WaitingMessage): RowKey {
  return { lane, id };
}

import { type Arrival } from './message.js';
import { type Queue } from './queue.js';

/** Schedules, forwards or stores what arrives at a message queue; returns its sequence number there. */
export function acceptArrival(queue: Queue, nowMs: number, arrival: Arrival): number {
  const { timeToLiveMs = Infinity, scheduledEnqueueTimeMs = 0 } = arrival.content;
  const { isDeadLetterQueue, defaultTimeToLiveMs } = queue.settings;
  if (scheduledEnqueueTimeMs > nowMs) {
    const message = queue.store.add(nowMs, Infinity, 'scheduled', arrival);
    queue.timers.set(message, scheduledEnqueueTimeMs);
    queue.reschedule();
    return message.sequenceNumber;
  }
  if (queue.forwardTo) {
    const sequenceNumber = queue.store.takeSequenceNumber();
    const { enqueuedSequenceNumber = sequenceNumber } = arrival;
    const identity = { sequenceNumber, enqueuedTimeMs: nowMs, deliveryCount: 0 };
    queue.forwardTo.accept(nowMs, { ...arrival, enqueuedSequenceNumber, identity });
    return sequenceNumber;
  }
  // [Service Bus: the time to live is not observed in a dead-letter queue]
  const lifeMs = isDeadLetterQueue
    ? Infinity
    : Math.min(timeToLiveMs, defaultTimeToLiveMs, arrival.maxTimeToLiveMs ?? Infinity);
  const message = queue.store.add(nowMs, nowMs + lifeMs, 'active', arrival);
  queue.makeReady(nowMs, message);
  return message.sequenceNumber;
}

import { type ServiceBusReceivedMessage } from '@azure/service-bus';

import { type Outcome } from '../../../../service-bus-emulator/src/model/queue/outcome.js';
import { lockIdOf, type SimulatedMessage } from './received-message.js';
import { refusal } from './refusal.js';
import { MANAGEMENT, request } from './request.js';
import { type SettlementPlace } from './settlement-place.js';
import { type SimulatedDelivery } from './simulated-delivery.js';

/** The SDK's timeout for an answer on a link (RECEIVER_RETRY_OPTIONS). */
const TIMEOUT_MS = 15_000;

/** Settles over the message's link while that is open, else through the management node, as the SDK does. */
export async function settleMessage(
  message: ServiceBusReceivedMessage,
  outcome: Outcome,
  { broker, connection, queue, locks }: SettlementPlace,
): Promise<void> {
  const { delivery } = message as SimulatedMessage;
  if (delivery.remote_settled) throw new Error('the message is settled already');
  const isOpen = delivery.link?.isOpenAtClient ?? false;
  if (delivery.link && isOpen) return settleOnLink(delivery as SimulatedDelivery, outcome);
  // [SDK: a message of a session is settled on its own link or not at all]
  if (message.sessionId !== undefined && delivery.link) throw refusal('SessionLockLost');
  const lockId = lockIdOf(message);
  if (outcome.type === 'complete') locks.completing(message.lockToken ?? '', Number(message.sequenceNumber));
  try {
    await request(connection, 'settle', MANAGEMENT, () => broker.settle(queue, lockId, outcome));
    locks.settled(message.lockToken ?? '');
  } catch (error) {
    locks.refused(message.lockToken ?? '', error);
    throw error;
  }
}

function settleOnLink(delivery: SimulatedDelivery, outcome: Outcome): Promise<void> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(refusal('ServiceTimeout')), TIMEOUT_MS);
    delivery.settle(outcome, (error) => {
      clearTimeout(timer);
      if (error) reject(error);
      else resolve();
    });
  });
}

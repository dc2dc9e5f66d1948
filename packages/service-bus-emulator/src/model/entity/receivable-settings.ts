import { type QueueDescription } from './entity-description.js';
import { type QueueSettings } from '../queue/queue-core.js';

/** The properties of a queue or a subscription that concern its stored messages. */
export type ReceivableDescription = Pick<
  QueueDescription,
  | 'status'
  | 'lockDurationMs'
  | 'maxDeliveryCount'
  | 'defaultMessageTimeToLiveMs'
  | 'deadLetteringOnMessageExpiration'
  | 'requiresSession'
  | 'forwardTo'
  | 'forwardDeadLetteredMessagesTo'
> & { enablePartitioning?: boolean };

/** Returns the settings of an entity's main message queue. */
export function mainSettings(description: ReceivableDescription): QueueSettings {
  const disabled = isReceiveDisabled(description);
  return {
    lockDurationMs: description.lockDurationMs,
    maxDeliveryCount: description.maxDeliveryCount,
    defaultTimeToLiveMs: description.defaultMessageTimeToLiveMs,
    deadLetteringOnMessageExpiration: description.deadLetteringOnMessageExpiration,
    requiresSession: description.requiresSession,
    isPartitioned: description.enablePartitioning === true,
    isDeadLetterQueue: false,
    closedToReceivers: disabled ? 'disabled' : description.forwardTo !== undefined ? 'forwarding' : undefined,
  };
}

/** Returns the settings of its dead-letter queues, which have no sessions. */
export function deadLetterSettings(description: ReceivableDescription): QueueSettings {
  return {
    lockDurationMs: description.lockDurationMs,
    maxDeliveryCount: Infinity,
    defaultTimeToLiveMs: Infinity,
    deadLetteringOnMessageExpiration: false,
    requiresSession: false,
    isPartitioned: description.enablePartitioning === true,
    isDeadLetterQueue: true,
    closedToReceivers: isReceiveDisabled(description) ? 'disabled' : undefined,
  };
}

function isReceiveDisabled({ status }: ReceivableDescription): boolean {
  return status === 'Disabled' || status === 'ReceiveDisabled';
}

import { argumentError } from '../broker-error.js';
import {
  type QueueDescription,
  type SubscriptionDescription,
  type TopicDescription,
} from './entity-description.js';
import { validateName } from './validate-name.js';

const ABOVE_ZERO = [
  'lockDurationMs',
  'maxDeliveryCount',
  'defaultMessageTimeToLiveMs',
  'autoDeleteOnIdleMs',
  'maxSizeInMegabytes',
  'maxMessageSizeInKilobytes',
  'duplicateDetectionHistoryTimeWindowMs',
] as const;

type AnyDescription = Partial<QueueDescription & TopicDescription & SubscriptionDescription> & {
  name: string;
};

/**
 * Refuses a description that could not work. It does not apply the cloud's narrower limits: a test may want a lock
 * of one millisecond.
 * @throws BrokerError argument-error
 */
export function validateDescription(description: AnyDescription): void {
  const { name, topicName, forwardTo, requiresSession } = description;
  validateName(name, topicName === undefined ? 'path' : 'subscription');
  for (const property of ABOVE_ZERO) {
    const value = description[property];
    if (value !== undefined && !(value > 0)) {
      throw argumentError(
        `The property '${property}' of '${name}' must be greater than zero, but is ${value}.`,
      );
    }
  }
  if (forwardTo !== undefined && requiresSession === true) {
    throw argumentError(`'${name}' requires sessions: such an entity cannot forward its messages.`);
  }
  if (topicName === undefined && forwardTo?.toLowerCase() === name.toLowerCase()) {
    throw argumentError(`'${name}' cannot forward its messages to itself.`);
  }
}

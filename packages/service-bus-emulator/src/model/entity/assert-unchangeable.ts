import { argumentError } from '../broker-error.js';
import { type QueueDescription, type SubscriptionDescription } from './entity-description.js';

type Fixed = Partial<
  Pick<QueueDescription, 'requiresSession' | 'requiresDuplicateDetection' | 'enablePartitioning'> &
    Pick<SubscriptionDescription, 'topicName'>
> & { name: string };

const FIXED = ['requiresSession', 'requiresDuplicateDetection', 'enablePartitioning'] as const;

/** Refuses to change what is fixed when an entity is created. @throws BrokerError argument-error */
export function assertUnchangeable(present: Fixed, wanted: Fixed): void {
  for (const property of FIXED) {
    if (present[property] !== wanted[property]) throw fixed(property, present.name);
  }
  if (present.name.toLowerCase() !== wanted.name.toLowerCase()) throw fixed('name', present.name);
  if (present.topicName?.toLowerCase() !== wanted.topicName?.toLowerCase())
    throw fixed('topicName', present.name);
}

function fixed(property: string, name: string): Error {
  return argumentError(`The property '${property}' of the existing entity '${name}' cannot be changed.`);
}

import { argumentError } from '../broker-error.js';

// [Service Bus: names of queues and topics have up to 260 characters, those of subscriptions and rules up to 50]
const MAX_LENGTH = { path: 260, subscription: 50, rule: 50 } as const;

/**
 * Refuses a name that cannot be used in an address, or would be ambiguous there. A queue's or topic's path may
 * contain slashes.
 * @throws BrokerError argument-error
 */
export function validateName(name: string, kind: keyof typeof MAX_LENGTH): void {
  const maxLength = MAX_LENGTH[kind];
  if (name.length === 0 || name.length > maxLength) {
    throw argumentError(`A name must have 1 to ${maxLength} characters; '${name}' has ${name.length}.`);
  }
  if (/[\s?#@\\:*]/.test(name))
    throw refused(name, 'it contains a character that is not allowed in an address');
  if (kind !== 'path' && name.includes('/')) throw refused(name, "it must not contain '/'");
  const parts = name.split('/');
  if (parts.includes('')) throw refused(name, "it has an empty part before or after a '/'");
  // In an address, a part that starts with $ names a part of an entity. Rules have no address: `$Default` is allowed.
  if (kind !== 'rule' && parts.some((part) => part.startsWith('$')))
    throw refused(name, "no part of it may start with '$'");
  if (/.\/subscriptions\/./i.test(name)) throw refused(name, 'it is the address of a subscription');
}

function refused(name: string, reason: string): Error {
  return argumentError(`The name '${name}' cannot be used: ${reason}.`);
}

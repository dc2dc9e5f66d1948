import { argumentError } from '../broker-error.js';

// [Service Bus: queues and topics have up to 260 characters, subscriptions and rules up to 50]
const MAX_LENGTH = { path: 260, subscription: 50, rule: 50 } as const;

/**
 * Refuses names that could not be addressed, or would mean something else as an address; a path may have
 * slashes.
 * @throws BrokerError argument-error
 */
export function validateName(name: string, kind: keyof typeof MAX_LENGTH): void {
  const maxLength = MAX_LENGTH[kind];
  if (name.length === 0 || name.length > maxLength) {
    throw argumentError(`A name has 1 to ${maxLength} characters; '${name}' has ${name.length}.`);
  }
  if (/[\s?#@\\:*]/.test(name)) throw refused(name, 'it has a character that an address cannot have');
  if (kind !== 'path' && name.includes('/')) throw refused(name, "it may not have a '/'");
  const parts = name.split('/');
  if (parts.includes('')) throw refused(name, "nothing stands before or after a '/'");
  // What starts with $ means a part of an entity; only rules, which are no part of addresses, may ($Default).
  if (kind !== 'rule' && parts.some((part) => part.startsWith('$')))
    throw refused(name, "no part may start with '$'");
  if (/.\/subscriptions\/./i.test(name)) throw refused(name, 'it is the address of a subscription');
}

function refused(name: string, reason: string): Error {
  return argumentError(`The name '${name}' cannot be used: ${reason}.`);
}

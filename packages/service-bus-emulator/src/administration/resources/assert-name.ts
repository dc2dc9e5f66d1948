import { badRequest } from '../administration-error.js';

interface NameRule {
  readonly pattern: RegExp;
  readonly maxLength: number;
  readonly allowed: string;
}

// [Service Bus naming rules]
const ENTITY: NameRule = {
  pattern: /^[a-z0-9](?:[\w.~/-]*[a-z0-9])?$/i,
  maxLength: 260,
  allowed: "letters, digits, '.', '-', '_', '~' and '/', with a letter or digit at both ends",
};
const SUBSCRIPTION: NameRule = {
  pattern: /^[a-z0-9](?:[\w.-]*[a-z0-9])?$/i,
  maxLength: 50,
  allowed: "letters, digits, '.', '-' and '_', with a letter or digit at both ends",
};
const RULE: NameRule = {
  pattern: /^[^/\\?#@*]+$/,
  maxLength: 50,
  allowed: "anything but '/', '\\', '?', '#', '@' and '*'",
};

/** Checks the name of a new queue or topic. @throws AdministrationError */
export function assertEntityName(name: string): void {
  assertName(name, ENTITY);
  if (name.includes('//'))
    throw badRequest(`'${name}' is not a valid name: it has an empty part between slashes.`);
}

/** Checks the name of a new subscription. @throws AdministrationError */
export function assertSubscriptionName(name: string): void {
  assertName(name, SUBSCRIPTION);
}

/** Checks the name of a new rule. @throws AdministrationError */
export function assertRuleName(name: string): void {
  assertName(name, RULE);
}

function assertName(name: string, { pattern, maxLength, allowed }: NameRule): void {
  if (name.length > maxLength)
    throw badRequest(`'${name}' is too long: a name may have at most ${maxLength} characters.`);
  if (!pattern.test(name)) throw badRequest(`'${name}' is not a valid name: it may contain ${allowed}.`);
}

// An update removes these properties if it omits them; other properties that it omits stay unchanged.
const CLEARABLE = new Set([
  'forwardTo',
  'forwardDeadLetteredMessagesTo',
  'userMetadata',
  'authorizationRules',
]);

/** Returns the description that an update results in. */
export function changedDescription<T extends object>(current: T, update: Partial<T>): T {
  const changes = Object.entries(update).filter(([key, value]) => value !== undefined || CLEARABLE.has(key));
  return { ...current, ...(Object.fromEntries(changes) as Partial<T>) };
}

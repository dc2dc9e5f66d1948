// A property of these is removed by leaving it out; any other that is left out stays as it is.
const CLEARABLE = new Set([
  'forwardTo',
  'forwardDeadLetteredMessagesTo',
  'userMetadata',
  'authorizationRules',
]);

/** What an update makes of a description. */
export function changedDescription<T extends object>(current: T, update: Partial<T>): T {
  const changes = Object.entries(update).filter(([key, value]) => value !== undefined || CLEARABLE.has(key));
  return { ...current, ...(Object.fromEntries(changes) as Partial<T>) };
}

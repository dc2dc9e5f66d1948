import { type Access } from '../topology/export/access.js';
import { type ApplicationDescription } from './describe-application.js';

/** What an application receives from and sends to: the rights that it needs, and no others. */
export function accessOf({ bindings, senders, receivers }: ApplicationDescription): Access {
  const inputs = bindings.map(({ entity, maxConcurrentCalls, requiresSession }) => ({
    path: entity.kind === 'queue' ? [entity.name.replace(/\/\$.*$/, '')] : [entity.topic, entity.name],
    atOnce: maxConcurrentCalls,
    // [docs/messages.md] A retry after a long delay goes to the queue as a scheduled copy; others hold the lock.
    sendsToItself: entity.kind === 'queue' && !requiresSession,
  }));
  const sendsTo = [
    ...inputs.filter(({ sendsToItself }) => sendsToItself).flatMap(({ path }) => path),
    ...bindings.flatMap(({ replyTo }) => replyTo ?? []),
    ...senders.map(({ entity }) => entity),
  ];
  const receivesFrom = [...inputs.map(({ path }) => path), ...receivers.map((entity) => [...entity])];
  return {
    receivesFrom: once(receivesFrom, (path) => path.join('/')),
    sendsTo: once(sendsTo, (name) => name),
    scalesOn: inputs.map(({ path, atOnce }) => ({ path, atOnce })),
  };
}

function once<Item>(items: readonly Item[], keyOf: (item: Item) => string): Item[] {
  return [...new Map(items.map((item) => [keyOf(item).toLowerCase(), item] as const)).values()];
}

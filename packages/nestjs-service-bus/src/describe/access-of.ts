import { type Access } from '../topology/export/access.js';
import { type ApplicationDescription, type DescribedBinding } from './application-description.js';

/** What an application receives from and sends to with its own identity: the rights that it needs, and no others. */
export function accessOf(description: ApplicationDescription): Access {
  const { bindings, senders, receivers, clients, replyQueue } = description;
  const queuesOfReplies = [replyQueue, ...clients.map((client) => client.replyQueue)].filter(isNamed);
  return {
    receivesFrom: once(
      [
        ...bindings.filter(({ hasOwnKey }) => !hasOwnKey).map(pathOf),
        ...receivers.filter(({ hasOwnKey }) => !hasOwnKey).map(({ path }) => path.map(baseOf)),
        ...queuesOfReplies.map((name) => [name]),
      ],
      (path) => path.join('/'),
    ),
    sendsTo: once(
      [
        ...bindings.filter(sendsCopies).flatMap(pathOf),
        ...bindings.flatMap(({ replyTo, replyToHasOwnKey }) => (replyToHasOwnKey ? [] : (replyTo ?? []))),
        ...bindings.flatMap(({ allowReplyTo }) =>
          Array.isArray(allowReplyTo) ? (allowReplyTo as string[]) : [],
        ),
        ...senders.filter(({ hasOwnKey }) => !hasOwnKey).map(({ entity }) => entity),
        ...publishedTo(description),
        ...(answersItself(description) ? queuesOfReplies.slice(0, 1) : []),
        ...clients.flatMap(({ queues, topics }) => [...queues, ...topics]),
      ],
      (name) => name,
    ),
    scalesOn: bindings
      .filter((binding) => !readsDeadLetters(binding))
      .map((binding) => ({ path: pathOf(binding), atOnce: binding.maxConcurrentCalls })),
    repliesAnywhere: bindings.filter(repliesAnywhere).map(({ pattern }) => pattern),
  };
}

function pathOf({ entity }: DescribedBinding): string[] {
  return entity.kind === 'queue' ? [baseOf(entity.name)] : [entity.topic, baseOf(entity.name)];
}

/** `orders/$DeadLetterQueue` is a part of `orders`, and a right on one holds for the other. */
function baseOf(name: string): string {
  return name.replace(/\/\$.*$/, '');
}

function readsDeadLetters({ entity }: DescribedBinding): boolean {
  return baseOf(entity.name) !== entity.name;
}

/** [docs/messages.md] A retry after a long delay goes to the queue as a scheduled copy; others hold the lock. */
function sendsCopies(binding: DescribedBinding): boolean {
  const { entity, requiresSession, hasOwnKey } = binding;
  return entity.kind === 'queue' && !requiresSession && !hasOwnKey && !readsDeadLetters(binding);
}

function publishedTo({ contracts }: ApplicationDescription): string[] {
  return contracts
    .filter(({ publishers }) => publishers.length > 0)
    .flatMap(({ destination }) => destination ?? []);
}

/** Whether a handler of the application answers its own requests. */
function answersItself({ contracts, bindings, replyQueue }: ApplicationDescription): boolean {
  const handlers = new Set(
    contracts
      .filter(({ result, publishers }) => result !== undefined && publishers.length > 0)
      .flatMap((contract) => contract.handlers),
  );
  return bindings.some(
    (binding) =>
      binding.handlers.some(({ name }) => handlers.has(name)) &&
      replyQueue !== undefined &&
      allows(binding, replyQueue),
  );
}

function allows({ allowReplyTo }: DescribedBinding, destination: string): boolean {
  if (typeof allowReplyTo === 'boolean') return allowReplyTo;
  if (typeof allowReplyTo === 'function') return allowReplyTo(destination);
  return allowReplyTo.includes(destination);
}

function repliesAnywhere({ allowReplyTo, handlers }: DescribedBinding): boolean {
  const isOpen = allowReplyTo === true || typeof allowReplyTo === 'function';
  return isOpen && handlers.some(({ isEvent }) => !isEvent);
}

function isNamed(name: string | undefined): name is string {
  return name !== undefined;
}

function once<Item>(items: readonly Item[], keyOf: (item: Item) => string): Item[] {
  return [...new Map(items.map((item) => [keyOf(item).toLowerCase(), item] as const)).values()];
}

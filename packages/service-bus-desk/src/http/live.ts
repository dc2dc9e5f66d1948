import { type EntityDepth } from '../dead-letters/entities.js';
import { type EntitySampler } from '../watch/entity-sampler.js';
import { type DeskApi } from './desk-api.js';
import { answer, type Exchange } from './exchange.js';
import { type LiveFeed } from './live-feed.js';

const BINDINGS_MS = 2_000;

/** What is there now, and then all that changes. */
export async function live(api: DeskApi, { response, signal }: Exchange): Promise<void> {
  const { sampler, feed, jobs, options } = api;
  await sampler.fresh();
  if (signal.aborted) return;
  feed.add(response);
  const { entities, problem } = sampler;
  feed.tellOne(response, 'entities', { entities, ...(problem !== undefined && { problem }) });
  if (options.handlers) feed.tellOne(response, 'bindings', options.handlers.bindings());
  for (const job of [...jobs.answers].reverse()) feed.tellOne(response, 'job', job);
}

export function jobs({ jobs: all }: DeskApi, { response }: Exchange): void {
  answer(response, 200, { jobs: all.answers });
}

/** Tells whoever looks of what the sampler and the handlers say; returns what ends that. */
export function feedWith(
  feed: LiveFeed,
  sampler: EntitySampler,
  handlers: DeskApi['options']['handlers'],
): () => void {
  let unwatch: (() => void) | undefined;
  const tell = ({ changed, gone }: { changed: readonly EntityDepth[]; gone: readonly string[] }): void =>
    feed.tell('changes', { entities: changed, gone });
  feed.onSize((size) => {
    if (size > 0) unwatch ??= sampler.watch(tell);
    else {
      unwatch?.();
      unwatch = undefined;
    }
  });
  let before = '';
  const timer = setInterval(() => {
    if (feed.size === 0 || !handlers) return;
    const bindings = handlers.bindings();
    const text = JSON.stringify(bindings);
    if (text !== before) feed.tell('bindings', bindings);
    before = text;
  }, BINDINGS_MS);
  timer.unref();
  return () => {
    clearInterval(timer);
    unwatch?.();
  };
}

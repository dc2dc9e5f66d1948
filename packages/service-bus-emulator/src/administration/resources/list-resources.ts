import { badRequest } from '../administration-error.js';
import { type AdministrationAnswer, type AdministrationRequest } from './administration-request.js';
import { atomFeed, type Resource, resourceUrl } from '../documents/atom.js';

// [Service Bus: a page has at most 100 entries]
const MAX_PAGE_SIZE = 100;

/** Returns the page of a list that `$skip` and `$top` select, in order of names. */
export function listResources<T>(
  { query, host, broker }: AdministrationRequest,
  list: { readonly title: string; readonly path: string },
  items: Iterable<T>,
  nameOf: (item: T) => string,
  toResource: (item: T) => Resource,
): AdministrationAnswer {
  const skip = readCount(query, '$skip') ?? 0;
  const top = Math.min(readCount(query, '$top') ?? MAX_PAGE_SIZE, MAX_PAGE_SIZE);
  const named = Array.from(items, (item) => ({ item, key: nameOf(item).toLowerCase() }));
  named.sort((a, b) => (a.key < b.key ? -1 : 1));
  const page = named.slice(skip, skip + top);
  const next = skip + page.length;
  // The SDK requests a further page whenever there is a link to one.
  const hasMore = page.length > 0 && next < named.length;
  const feed = {
    title: list.title,
    selfUrl: resourceUrl(host, list.path, { $skip: skip, $top: top }),
    ...(hasMore && { nextUrl: resourceUrl(host, list.path, { $skip: next, $top: top }) }),
    updatedMs: broker.clock.now(),
  };
  return {
    status: 200,
    document: atomFeed(
      feed,
      host,
      page.map(({ item }) => toResource(item)),
    ),
  };
}

function readCount(query: URLSearchParams, name: string): number | undefined {
  const text = query.get(name);
  if (text === null) return undefined;
  const count = /^\d+$/.test(text) ? Number(text) : NaN;
  if (!Number.isSafeInteger(count)) throw badRequest(`The value '${text}' of ${name} is not a whole number.`);
  return count;
}

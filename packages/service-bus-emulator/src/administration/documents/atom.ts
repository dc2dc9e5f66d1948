import { element, type XmlElement } from '../xml/xml-element.js';

const ATOM = 'http://www.w3.org/2005/Atom';
export const API_VERSION = '2021-05';

/** One entity or rule, as an ATOM document contains it. */
export interface Resource {
  /** Its full path; the SDKs extract names from it. */
  readonly path: string;
  readonly title: string;
  readonly publishedMs: number;
  readonly updatedMs: number;
  readonly description: XmlElement;
}

/** Returns the URL of a resource on this host. */
export function resourceUrl(
  host: string,
  path: string,
  query: Readonly<Record<string, number>> = {},
): string {
  const encoded = encodeURI(path).replace(/[?#]/g, encodeURIComponent);
  const pages = Object.entries(query).map(([name, value]) => `&${name}=${value}`);
  return `http://${host}/${encoded}?api-version=${API_VERSION}${pages.join('')}`;
}

/** [RFC 4287, 4.1.2] Creates an ATOM entry. */
export function atomEntry(host: string, resource: Resource): XmlElement {
  return element('entry', entryContent(host, resource), { xmlns: ATOM });
}

/** [RFC 4287, 4.1.1] Creates an ATOM feed, with a link to the next page if there is one. */
export function atomFeed(
  feed: {
    readonly title: string;
    readonly selfUrl: string;
    readonly nextUrl?: string;
    readonly updatedMs: number;
  },
  host: string,
  resources: readonly Resource[],
): XmlElement {
  const content = [
    element('title', feed.title, { type: 'text' }),
    element('id', feed.selfUrl),
    element('updated', new Date(feed.updatedMs).toISOString()),
    element('link', [], { rel: 'self', href: feed.selfUrl }),
    ...(feed.nextUrl === undefined ? [] : [element('link', [], { rel: 'next', href: feed.nextUrl })]),
    ...resources.map((resource) => element('entry', entryContent(host, resource))),
  ];
  return element('feed', content, { xmlns: ATOM });
}

function entryContent(host: string, resource: Resource): XmlElement[] {
  const url = resourceUrl(host, resource.path);
  return [
    element('id', url),
    element('title', resource.title, { type: 'text' }),
    element('published', new Date(resource.publishedMs).toISOString()),
    element('updated', new Date(resource.updatedMs).toISOString()),
    element('link', [], { rel: 'self', href: url }),
    element('content', [resource.description], { type: 'application/xml' }),
  ];
}

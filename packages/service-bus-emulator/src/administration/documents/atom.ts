import { element, type XmlElement } from '../xml/xml-element.js';

const ATOM = 'http://www.w3.org/2005/Atom';
export const API_VERSION = '2021-05';

/** One entity or rule, ready to be put into an ATOM document. */
export interface Resource {
  /** Its whole path; the SDKs take names out of it. */
  readonly path: string;
  readonly title: string;
  readonly publishedMs: number;
  readonly updatedMs: number;
  readonly description: XmlElement;
}

/** The address of a resource on this host. */
export function resourceUrl(
  host: string,
  path: string,
  query: Readonly<Record<string, number>> = {},
): string {
  const encoded = encodeURI(path).replace(/[?#]/g, encodeURIComponent);
  const pages = Object.entries(query).map(([name, value]) => `&${name}=${value}`);
  return `http://${host}/${encoded}?api-version=${API_VERSION}${pages.join('')}`;
}

/** An ATOM entry. [RFC 4287, 4.1.2] */
export function atomEntry(host: string, resource: Resource): XmlElement {
  return element('entry', entryContent(host, resource), { xmlns: ATOM });
}

/** An ATOM feed, with a link to the next page if there is one. [RFC 4287, 4.1.1] */
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

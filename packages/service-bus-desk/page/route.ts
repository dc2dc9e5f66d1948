import { Store } from './store.js';

/** Where in the page we are. It stands behind the # of the address: every place has one, and the browser's back works. */
export type Route = Readonly<Record<string, string>> & { readonly at: string };

export const route = new Store<Route>(readRoute());

export function startRouting(): void {
  addEventListener('hashchange', () => route.set(readRoute()));
}

/** `#/entity?name=orders&tab=send`. */
export function addressOf(at: string, parameters: Readonly<Record<string, string | undefined>> = {}): string {
  const given = Object.entries(parameters).filter((pair): pair is [string, string] => pair[1] !== undefined);
  const text = new URLSearchParams(given).toString();
  return `#/${at}${text === '' ? '' : `?${text}`}`;
}

function readRoute(): Route {
  const [, at = '', text = ''] = /^#\/([\w-]*)\??(.*)$/.exec(location.hash) ?? [];
  return { ...Object.fromEntries(new URLSearchParams(text)), at };
}

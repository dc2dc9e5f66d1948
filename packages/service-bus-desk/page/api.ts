import { type LiveEvents, type ProblemAnswer } from '../src/http/page-api.js';
import { Store } from './store.js';

const KEY = 'desk-key';

/** Whether the server wants to know who we are. */
export const asksForKey = new Store(false);

/** What the server has to say against a request, in a line. */
export class Problem extends Error {
  override readonly name = 'Problem';

  constructor(
    message: string,
    readonly status: number,
  ) {
    super(message);
  }
}

/** The command prints an address with a key behind the #, which is taken out of sight at once. */
export function takeKeyFromAddress(): void {
  const [, key] = /^#key=([\w-]+)$/.exec(location.hash) ?? [];
  if (key === undefined) return;
  keepKey(key);
  history.replaceState(null, '', location.pathname);
}

/** For as long as this tab is open. */
export function keepKey(key: string): void {
  sessionStorage.setItem(KEY, key);
  asksForKey.set(false);
}

export async function get<Answer>(name: string, query: Query = {}, signal?: AbortSignal): Promise<Answer> {
  return (await (await request(name, query, { signal: signal ?? null })).json()) as Answer;
}

export async function post<Answer>(name: string, content: object): Promise<Answer> {
  const response = await request(name, {}, { method: 'POST', body: JSON.stringify(content) });
  return (await response.json()) as Answer;
}

/** Reads lines of JSON as they come. */
export async function readLines<Line>(
  name: string,
  query: Query,
  take: (line: Line) => void,
  signal: AbortSignal,
): Promise<void> {
  const response = await request(name, query, { signal });
  await readPieces(response, '\n', (piece) => {
    if (piece !== '') take(JSON.parse(piece) as Line);
  });
}

type Listeners = { readonly [Name in keyof LiveEvents]: (content: LiveEvents[Name]) => void };

/** Reads the stream of events until it ends. With fetch: an EventSource sends no key. */
export async function readLive(listeners: Listeners, signal: AbortSignal): Promise<void> {
  const response = await request('live', {}, { signal });
  await readPieces(response, '\n\n', (piece) => {
    const [, name, data] = /^event: (\w+)\ndata: (.*)$/.exec(piece) ?? [];
    if (name === undefined || data === undefined || !(name in listeners)) return;
    (listeners as Record<string, (content: unknown) => void>)[name]?.(JSON.parse(data));
  });
}

type Query = Readonly<Record<string, string | readonly string[] | undefined>>;

async function request(name: string, query: Query, init: RequestInit): Promise<Response> {
  const key = sessionStorage.getItem(KEY);
  const response = await fetch(addressOf(name, query), {
    ...init,
    headers: { 'Content-Type': 'application/json', 'X-Desk': '1', ...(key !== null && credentials(key)) },
  });
  if (response.ok) return response;
  if (response.status === 401) asksForKey.set(true);
  throw new Problem(await problemOf(response), response.status);
}

function addressOf(name: string, query: Query): string {
  const parameters = new URLSearchParams();
  for (const [key, value] of Object.entries(query)) {
    for (const one of typeof value === 'string' ? [value] : (value ?? [])) parameters.append(key, one);
  }
  const text = parameters.toString();
  return `api/${name}${text === '' ? '' : `?${text}`}`;
}

/** A token of three parts is a JSON Web Token, everything else an API key. */
function credentials(key: string): Record<string, string> {
  return /^[\w-]+\.[\w-]+\.[\w-]+$/.test(key) ? { Authorization: `Bearer ${key}` } : { 'X-Api-Key': key };
}

async function problemOf(response: Response): Promise<string> {
  const content = (await response.json().catch(() => ({}))) as Partial<ProblemAnswer> & { message?: unknown };
  if (content.problem !== undefined) return content.problem;
  return typeof content.message === 'string' ? content.message : `the server answered ${response.status}`;
}

async function readPieces(response: Response, end: string, take: (piece: string) => void): Promise<void> {
  const reader = response.body?.pipeThrough(new TextDecoderStream()).getReader();
  let text = '';
  for (;;) {
    const { value, done } = (await reader?.read()) ?? { done: true };
    text += value ?? '';
    const pieces = text.split(end);
    text = pieces.pop() ?? '';
    for (const piece of pieces) take(piece);
    if (done) return;
  }
}

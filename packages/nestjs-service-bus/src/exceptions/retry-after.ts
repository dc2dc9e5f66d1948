import { types } from 'node:util';

import { readField } from './read-thrown.js';

/** [RFC 9110 10.2.3] Seconds; some servers give a fraction. `Headers` joins what stands there twice. */
const SECONDS = /^(\d+(?:\.\d+)?)(?:, |$)/;
/** How deep an error may hold the response that it is about: `error.cause.response`. */
const MAX_DEPTH = 4;
const INNER = ['response', 'cause', 'error'] as const;

/**
 * How long a Retry-After asks to wait, in milliseconds, from now on: the header's value (seconds, or an HTTP date), a
 * Date, a fetch `Headers` or `Response`, the headers of Node.js, undici or axios, or an error that holds any of them.
 * Undefined where nothing of the kind is found, and where it says no more than "now".
 */
export function retryAfterMs(source: unknown, nowMs: number): number | undefined {
  const found = find(source, 0);
  if (found === undefined) return undefined;
  const delayMs = waitOf(found.value, found.date, nowMs);
  return delayMs !== undefined && delayMs > 0 ? delayMs : undefined;
}

/** The header, and the server's own time beside it. */
interface Found {
  readonly value: unknown;
  readonly date?: unknown;
}

function find(source: unknown, depth: number): Found | undefined {
  if (typeof source === 'string' || typeof source === 'number' || types.isDate(source)) {
    return { value: source };
  }
  if (typeof source !== 'object' || source === null || depth > MAX_DEPTH) return undefined;
  const own = fromHeaders(source) ?? fromHeaders(readField(source, 'headers'));
  if (own) return own;
  for (const name of INNER) {
    const inner = readField(source, name);
    const found = typeof inner === 'object' ? find(inner, depth + 1) : undefined;
    if (found) return found;
  }
  return undefined;
}

/** Reading runs foreign code: what throws there has no header. */
function fromHeaders(headers: unknown): Found | undefined {
  if (typeof headers !== 'object' || headers === null) return undefined;
  try {
    const value = header(headers, 'retry-after');
    return value === undefined ? undefined : { value, date: header(headers, 'date') };
  } catch {
    return undefined;
  }
}

function header(headers: object, name: string): unknown {
  if (Array.isArray(headers)) return ofPair(pairsOf(headers), name);
  if (types.isMap(headers)) return ofPair(headers, name);
  const get = readField(headers, 'get');
  if (typeof get === 'function') return first(ofGet(get.call(headers, name)));
  const key = Object.keys(headers).find((one) => one.toLowerCase() === name);
  return key === undefined ? undefined : first(readField(headers, key));
}

/** Of what sounds like a `Headers` and is none: a client's `get` may begin a request. */
function ofGet(value: unknown): unknown {
  if (!types.isPromise(value)) return value ?? undefined;
  value.catch(() => undefined);
  return undefined;
}

/** Names and values: in pairs, or, as undici has them, in one list. */
function pairsOf(list: readonly unknown[]): (readonly unknown[])[] {
  if (list.every((entry) => Array.isArray(entry))) return [...list];
  return Array.from({ length: list.length / 2 }, (_none, index) => list.slice(2 * index, 2 * index + 2));
}

function ofPair(pairs: Iterable<readonly unknown[]>, name: string): unknown {
  for (const [key, value] of pairs) if (String(key).toLowerCase() === name) return first(value);
  return undefined;
}

function first(value: unknown): unknown {
  const one: unknown = Array.isArray(value) ? value[0] : value;
  return one instanceof Uint8Array ? Buffer.from(one).toString('latin1') : one;
}

function waitOf(value: unknown, serverDate: unknown, nowMs: number): number | undefined {
  if (typeof value === 'number') return value * 1_000;
  if (types.isDate(value)) return Date.prototype.getTime.call(value) - nowMs;
  if (typeof value !== 'string') return undefined;
  const text = value.trim();
  const seconds = SECONDS.exec(text)?.[1];
  if (seconds !== undefined) return Number(seconds) * 1_000;
  const untilMs = httpDateMs(text);
  if (untilMs === undefined) return undefined;
  // By the server's own clock, where it tells the time: ours may be wrong.
  return untilMs - (httpDateMs(serverDate) ?? nowMs);
}

/**
 * [RFC 9110 5.6.7] All forms begin with the day's name; what else Date.parse takes is no HTTP date. It is always GMT, also
 * where it does not say so.
 */
function httpDateMs(text: unknown): number | undefined {
  if (typeof text !== 'string' || !/^(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun)/.test(text)) return undefined;
  const timeMs = Date.parse(/(?:[A-Z]|[+-]\d{4})$/.test(text) ? text : `${text} GMT`);
  return Number.isNaN(timeMs) ? undefined : timeMs;
}

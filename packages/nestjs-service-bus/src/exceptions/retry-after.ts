import { readField } from './read-thrown.js';

/** [RFC 9110 10.2.3] Seconds; some servers give a fraction. */
const SECONDS = /^\d{1,10}(?:\.\d{1,3})?$/;
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
  if (typeof source === 'string' || typeof source === 'number' || source instanceof Date)
    return { value: source };
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

function fromHeaders(headers: unknown): Found | undefined {
  const value = header(headers, 'retry-after');
  return value === undefined ? undefined : { value, date: header(headers, 'date') };
}

/** Of a `Headers`, axios' one too, an object, or undici's raw list of names and values. */
function header(headers: unknown, name: string): unknown {
  if (typeof headers !== 'object' || headers === null) return undefined;
  if (Array.isArray(headers)) {
    const index = headers.findIndex((part, at) => at % 2 === 0 && String(part).toLowerCase() === name);
    return index < 0 ? undefined : first(headers[index + 1]);
  }
  const get = readField(headers, 'get');
  if (typeof get === 'function') {
    try {
      return first((get as (name: string) => unknown).call(headers, name) ?? undefined);
    } catch {
      return undefined;
    }
  }
  const key = Object.keys(headers).find((one) => one.toLowerCase() === name);
  return key === undefined ? undefined : first(readField(headers, key));
}

function first(value: unknown): unknown {
  const one: unknown = Array.isArray(value) ? value[0] : value;
  return one instanceof Uint8Array ? Buffer.from(one).toString('latin1') : one;
}

function waitOf(value: unknown, serverDate: unknown, nowMs: number): number | undefined {
  if (typeof value === 'number') return value * 1_000;
  if (value instanceof Date) return value.getTime() - nowMs;
  if (typeof value !== 'string') return undefined;
  const text = value.trim();
  if (SECONDS.test(text)) return Number(text) * 1_000;
  const untilMs = httpDateMs(text);
  if (untilMs === undefined) return undefined;
  // By the server's own clock, where it tells the time: ours may be wrong.
  return untilMs - (httpDateMs(serverDate) ?? nowMs);
}

/** [RFC 9110 5.6.7] All forms begin with the day's name; what else Date.parse takes is no HTTP date. */
function httpDateMs(text: unknown): number | undefined {
  if (typeof text !== 'string' || !/^(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun)/.test(text)) return undefined;
  const timeMs = Date.parse(text);
  return Number.isNaN(timeMs) ? undefined : timeMs;
}

import { type DeadLetterFilter } from '../dead-letters/dead-letter-filter.js';
import { DeskError } from '../desk-error.js';

const UNITS_MS: Readonly<Record<string, number>> = { s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 };
const SPAN = /^(\d{1,6})([smhd])$/;

/** Options of commands that filter, as they are typed. */
export interface FilterOptions {
  readonly group?: string;
  readonly reason?: string;
  readonly handler?: string;
  readonly since?: Date;
  readonly until?: Date;
  readonly property?: readonly string[];
  readonly text?: string;
  readonly subject?: string;
  readonly session?: string;
  readonly messageId?: string;
  readonly number?: readonly bigint[];
}

export function filterOf(options: FilterOptions): DeadLetterFilter {
  const { property = [], session: sessionId, number: sequenceNumbers } = options;
  const { group, reason, handler, since, until, text, subject, messageId } = options;
  const given = {
    group,
    reason,
    handler,
    since,
    until,
    text,
    subject,
    sessionId,
    messageId,
    sequenceNumbers,
  };
  return {
    ...Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined)),
    ...(property.length > 0 && { properties: Object.fromEntries(property.map(splitPair)) }),
  };
}

/** `2026-11-28T20:46Z`, or how long ago: `90m`, `2h`, `7d`. @throws DeskError */
export function readTime(text: string): Date {
  return read(text, -1);
}

/** `2026-11-28T20:46Z`, or how far ahead: `90m`, `2h`, `7d`. @throws DeskError */
export function readTimeAhead(text: string): Date {
  return read(text, 1);
}

function read(text: string, direction: 1 | -1): Date {
  const spanMs = readSpanMs(text);
  const date = spanMs === undefined ? new Date(text) : new Date(Date.now() + direction * spanMs);
  if (!Number.isNaN(date.getTime())) return date;
  throw new DeskError(
    `${text}: a time is like 2026-11-28T20:46Z, or so far from now: 90m, 2h, 7d`,
    'bad-input',
  );
}

function readSpanMs(text: string): number | undefined {
  const [, amount, unit] = SPAN.exec(text) ?? [];
  return amount === undefined || unit === undefined ? undefined : Number(amount) * (UNITS_MS[unit] ?? 0);
}

/** A span of time, in milliseconds: `30s`, `5m`. @throws DeskError */
export function readSpan(text: string): number {
  const spanMs = readSpanMs(text);
  if (spanMs !== undefined) return spanMs;
  throw new DeskError(`${text}: a span of time is like 30s, 5m, 2h`, 'bad-input');
}

/** A whole number from 1 on. @throws DeskError */
export function readCount(text: string): number {
  if (/^[1-9]\d{0,9}$/.test(text)) return Number(text);
  throw new DeskError(`${text}: a whole number from 1 on is wanted`, 'bad-input');
}

/** A port of TCP; 0 is one that is free. @throws DeskError */
export function readPort(text: string): number {
  if (/^\d{1,5}$/.test(text) && Number(text) < 65_536) return Number(text);
  throw new DeskError(`${text}: a port is a number up to 65535`, 'bad-input');
}

/** Adds a sequence number to those before. @throws DeskError */
export function readNumber(text: string, before: readonly bigint[] = []): bigint[] {
  if (/^#?\d{1,19}$/.test(text)) return [...before, BigInt(text.replace('#', ''))];
  throw new DeskError(`${text}: this is no sequence number`, 'bad-input');
}

/** Adds an option that may be given several times. */
export function collect(text: string, before: readonly string[] = []): string[] {
  return [...before, text];
}

/** `name=value`, or a name alone. */
export function splitPair(text: string): [string, string | undefined] {
  const at = text.indexOf('=');
  return at < 0 ? [text, undefined] : [text.slice(0, at), text.slice(at + 1)];
}

import { toTicks } from '@nestjs-service-bus/amqp-message';
import { type Sender } from 'rhea';

import { types } from '../rhea-private.js';

const SESSION_FILTER = 'com.microsoft:session-filter';
const TIMEOUT = 'com.microsoft:timeout';
const DEFAULT_TIMEOUT_MS = 60_000;
// [Azure/azure-sdk-for-js#23210: the cloud waits no longer, whatever it is asked]
const MAX_TIMEOUT_MS = 65_000;

/** A client's request for a message session. */
export interface SessionRequest {
  /** Undefined means whichever session is available next. */
  readonly sessionId: string | undefined;
  /** How long to wait for one, in milliseconds. */
  readonly timeoutMs: number;
  /** The descriptor, if the filter came as a described value (Go SDK): it must be returned in the same form. */
  readonly descriptor: unknown;
}

/** Reads the session filter of a receiving link; undefined if it has none. */
export function readSessionRequest(link: Sender): SessionRequest | undefined {
  const filter = (link.source as { filter?: Record<string, unknown> } | undefined)?.filter;
  if (!filter || !(SESSION_FILTER in filter)) return undefined;
  const raw = filter[SESSION_FILTER] as { value?: unknown; descriptor?: unknown } | string | null | undefined;
  const described = typeof raw === 'object' && raw !== null && raw.descriptor !== undefined;
  const value = described ? raw.value : raw;
  const timeout = (link.properties as Record<string, unknown> | undefined)?.[TIMEOUT];
  return {
    sessionId: typeof value === 'string' ? value : undefined,
    timeoutMs: Math.min(typeof timeout === 'number' ? timeout : DEFAULT_TIMEOUT_MS, MAX_TIMEOUT_MS),
    descriptor: described ? raw.descriptor : undefined,
  };
}

/** Returns the filter that tells the client which session it got, in the form in which it asked. */
export function sessionFilter(
  request: SessionRequest | undefined,
  sessionId: string,
): Record<string, unknown> {
  const { descriptor } = request ?? {};
  const value: unknown =
    descriptor === undefined ? sessionId : types.described(descriptor, types.wrap_string(sessionId));
  return { [SESSION_FILTER]: value };
}

/** Converts Unix time in milliseconds to an AMQP long of .NET ticks: the SDK reads nothing else here. */
export function wrapTicks(timeMs: number): unknown {
  const bytes = Buffer.alloc(8);
  bytes.writeBigInt64BE(toTicks(timeMs));
  return types.wrap_long(bytes);
}

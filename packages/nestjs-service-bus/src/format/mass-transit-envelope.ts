import { createHash, randomUUID } from 'node:crypto';
import { hostname } from 'node:os';

import { toText } from '../exceptions/read-thrown.js';

/** [MassTransit: SystemTextJsonMessageSerializer] */
export const CONTENT_TYPE = 'application/vnd.masstransit+json';
/** [MassTransit: MessageUrn] What stands before the name of a type. */
export const URN = 'urn:message:';
const GUID = /^\{?([\da-f]{8})-?([\da-f]{4})-?([\da-f]{4})-?([\da-f]{4})-?([\da-f]{12})\}?$/i;

/** What is around the message in MassTransit's envelope; ids are GUIDs, addresses URIs, times of ISO 8601. */
export interface MassTransitEnvelope {
  /** The message's own id. */
  readonly messageId?: string;
  /** Of the request that it is, or answers. */
  readonly requestId?: string;
  /** What it belongs to. */
  readonly correlationId?: string;
  /** The same for all messages that follow from one. */
  readonly conversationId?: string;
  /** The correlation id of the message that it follows from. */
  readonly initiatorId?: string;
  /** Who has sent it. */
  readonly sourceAddress?: string;
  /** Where it was sent to. */
  readonly destinationAddress?: string;
  /** Where an answer is expected. */
  readonly responseAddress?: string;
  /** Where failures are expected. */
  readonly faultAddress?: string;
  /** The URNs of the types that it is of: `urn:message:Shop.Contracts:OrderPlaced`. */
  readonly messageType: readonly string[];
  /** From when on it is worth nothing. */
  readonly expirationTime?: string;
  /** When it was sent. */
  readonly sentTime?: string;
  /** The application's own. */
  readonly headers?: Readonly<Record<string, unknown>>;
  /** The sender's process. */
  readonly host?: Readonly<Record<string, unknown>>;
}

/** MassTransit refuses ids that are no GUIDs: one is made of any other id, always the same. */
export function toGuid(id: unknown): string {
  if (id === undefined) return randomUUID();
  const known = guidOf(id);
  if (known !== undefined) return known;
  const bytes = createHash('sha256').update(toText(id)).digest().subarray(0, 16);
  // [RFC 9562, 5.8] A UUID of one's own making.
  bytes.writeUInt8((bytes.readUInt8(6) & 0x0f) | 0x80, 6);
  bytes.writeUInt8((bytes.readUInt8(8) & 0x3f) | 0x80, 8);
  return guidOf(bytes.toString('hex')) ?? randomUUID();
}

/** With or without dashes: MassTransit writes message ids without. */
export function guidOf(id: unknown): string | undefined {
  const parts = typeof id === 'string' ? GUID.exec(id) : null;
  return parts ? parts.slice(1).join('-').toLowerCase() : undefined;
}

/** Dates end in the year 275760. */
export function timeOf(atMs: number): string {
  return new Date(Math.min(atMs, 8_640_000_000_000_000)).toISOString();
}

/** `sb://shop.servicebus.windows.net/replies?autodelete=300` and `queue:replies` are the queue `replies`. */
export function entityOf(address: unknown): string | undefined {
  if (typeof address !== 'string' || !URL.canParse(address)) return undefined;
  const { pathname } = new URL(address);
  // Names of entities need no escapes; what has some is no entity of ours.
  const path = pathname.replace(/^\/+/, '');
  return path === '' || path.includes('%') ? undefined : path;
}

/** This process, as envelopes name their sender. */
export function hostInfo(): object {
  return {
    machineName: hostname(),
    processName: 'node',
    processId: process.pid,
    frameworkVersion: process.versions.node,
  };
}

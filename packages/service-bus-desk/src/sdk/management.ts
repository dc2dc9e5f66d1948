import { type ServiceBusClient } from '@azure/service-bus';
import rhea from 'rhea';

import { DeskError } from '../desk-error.js';
import { retrying } from './retrying.js';

/** The part of the SDK's management client that we use: its typed interface shows none of it. */
interface ManagementClient {
  readonly replyTo: string;
  initWithUniqueReplyTo(options: object): Promise<object>;
  _makeManagementRequest(request: object, logger: object, options: object): Promise<ManagementReply>;
}

interface ManagementReply {
  readonly body?: Record<string, unknown>;
  readonly application_properties: { readonly statusCode: number };
}

interface ClientWithContext {
  readonly _connectionContext?: { getManagementClient?(entityPath: string): Partial<ManagementClient> };
}

const { types } = rhea as unknown as {
  types: {
    wrap_array(values: readonly unknown[], code: number, descriptor: undefined): unknown;
    wrap_int(value: number): unknown;
    wrap_long(value: Buffer): unknown;
    wrap_uint(value: number): unknown;
  };
};
const UUID = 0x98;
const LONG = 0x81;
/** [Service Bus] 204: nothing is there (any more). */
const NO_CONTENT = 204;
const TIMEOUT_MS = 30_000;
const SILENT = {
  error: ignore,
  logError: ignore,
  warning: ignore,
  info: ignore,
  verbose: ignore,
};

/** A message as a management node gives it: encoded, and locked where it was received. */
export interface RawMessage {
  readonly bytes: Buffer;
  /** [RFC 4122] The 16 bytes of the lock's token; undefined for a message that was only looked at. */
  readonly lockToken?: Buffer;
}

/**
 * An entity's management node, by way of the SDK's own link to it. What the SDK offers decodes each message, which
 * loses the types of its values and fails for what it cannot decode, and renews one lock at a time.
 */
export class ManagementNode {
  constructor(
    private readonly client: ServiceBusClient,
    readonly path: string,
  ) {}

  /** Looks at messages from a sequence number on; returns as many as the broker gives at a time. */
  async peek(from: bigint, count: number, signal?: AbortSignal): Promise<RawMessage[]> {
    const body = {
      'from-sequence-number': types.wrap_long(longBytes(from)),
      'message-count': types.wrap_int(count),
    };
    return messagesOf(await this.request('peek-message', body, signal));
  }

  /** Receives deferred messages, by their sequence numbers: all of them, or none. */
  async receiveDeferred(sequenceNumbers: readonly bigint[], signal?: AbortSignal): Promise<RawMessage[]> {
    const body = {
      'sequence-numbers': types.wrap_array(sequenceNumbers.map(longBytes), LONG, undefined),
      'receiver-settle-mode': types.wrap_uint(1),
    };
    return messagesOf(await this.request('receive-by-sequence-number', body, signal));
  }

  /** Renews several locks, all of them or none, and returns until when they last now. */
  async renewLocks(tokens: readonly Buffer[], signal?: AbortSignal): Promise<Date[]> {
    const body = { 'lock-tokens': types.wrap_array(tokens, UUID, undefined) };
    const reply = await this.request('renew-lock', body, signal);
    const ends = reply.body?.['expirations'];
    return Array.isArray(ends) ? (ends as (Date | number)[]).map((end) => new Date(end)) : [];
  }

  /** Lists ids of sessions, `top` at a time, that have messages or a state. */
  async sessionIds(skip: number, top: number, signal?: AbortSignal): Promise<string[]> {
    const body = {
      // [.NET SDK] The greatest time of all means: sessions with messages.
      'last-updated-time': new Date(253_402_300_799_999),
      skip: types.wrap_int(skip),
      top: types.wrap_int(top),
    };
    const reply = await this.request('get-message-sessions', body, signal);
    const ids = reply.body?.['sessions-ids'];
    return Array.isArray(ids) ? ids.map(String) : [];
  }

  private request(operation: string, body: object, signal?: AbortSignal): Promise<ManagementReply> {
    return retrying(async () => {
      const node = this.open();
      const options = await node.initWithUniqueReplyTo({ timeoutInMs: TIMEOUT_MS });
      const request = {
        body,
        reply_to: node.replyTo,
        application_properties: { operation: `com.microsoft:${operation}` },
      };
      return node._makeManagementRequest(request, SILENT, { ...options, requestName: operation });
    }, signal);
  }

  private open(): ManagementClient {
    const { _connectionContext: context } = this.client as unknown as ClientWithContext;
    const node = context?.getManagementClient?.(this.path);
    if (node?.initWithUniqueReplyTo === undefined || node._makeManagementRequest === undefined) {
      throw new DeskError(
        'this version of @azure/service-bus is not one that service-bus-desk knows: install 7.9.5',
        'not-connected',
      );
    }
    return node as ManagementClient;
  }
}

function messagesOf({ body, application_properties: { statusCode } }: ManagementReply): RawMessage[] {
  const messages = body?.['messages'];
  if (statusCode === NO_CONTENT || !Array.isArray(messages)) return [];
  return (messages as { message: Buffer; 'lock-token'?: Buffer }[]).map((one) => ({
    bytes: one.message,
    ...(one['lock-token'] && { lockToken: one['lock-token'] }),
  }));
}

function longBytes(value: bigint): Buffer {
  const bytes = Buffer.alloc(8);
  bytes.writeBigInt64BE(value);
  return bytes;
}

function ignore(): void {
  // The SDK's log lines are of no use here: what fails is thrown.
}

import { Inject, Injectable } from '@nestjs/common';

import { bodyBytes, type ReceivedMessage } from './received-message.js';
import { RELAY_OPTIONS, type RelayOptions } from './relay-options.js';
import { textOfBytes } from './text-of-bytes.js';

const MAX_LENGTH = 200;

type Body = Buffer | string | undefined;

/** The lines of the log about messages that come and go over HTTP. */
@Injectable()
export class MessageLines {
  constructor(@Inject(RELAY_OPTIONS) private readonly options: RelayOptions) {}

  /** The broker has accepted a message. */
  sent(queue: string, messageId: string, body: Buffer | string): void {
    this.tell('SEND', queue, messageId, body);
  }

  /** A message has been handed over to a client. */
  received(queue: string, message: ReceivedMessage): void {
    if (!this.options.log) return;
    const bytes = bodyBytes(message);
    const body = bytes ? (readText(bytes) ?? bytes) : undefined;
    this.tell('RECEIVED', queue, message.messageId, body, message.correlationId);
  }

  private tell(
    what: string,
    queue: string,
    messageId: ReceivedMessage['messageId'],
    body: Body,
    correlationId?: ReceivedMessage['correlationId'],
  ): void {
    const { log } = this.options;
    log?.write(`${what} ${queue}: ${describe(body, log.showsBodies)}`, { queue, messageId, correlationId });
  }
}

/** The SDK puts texts into JSON quotes. */
function readText(bytes: Buffer): string | undefined {
  const text = textOfBytes(bytes);
  if (!text?.startsWith('"')) return text;
  try {
    return String(JSON.parse(text));
  } catch {
    return text;
  }
}

function describe(body: Body, showsBodies: boolean): string {
  if (body === undefined) return '(a value of AMQP)';
  if (typeof body !== 'string') return `(${body.length} bytes)`;
  if (!showsBodies) return `(${Buffer.byteLength(body)} bytes)`;
  return body.length <= MAX_LENGTH ? body : `${body.slice(0, MAX_LENGTH)}… (${body.length} characters)`;
}

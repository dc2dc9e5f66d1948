import { type DeadLetterGroup } from '../dead-letters/dead-letter-group.js';
import { type DeadLetterFilter } from '../dead-letters/dead-letter-filter.js';
import { viewBody } from '../message/body.js';
import { type ApplicationProperty, type DeskMessage } from '../message/desk-message.js';
import { fieldsOf } from '../message/message-json.js';
import { oneLine } from '../message/printable.js';
import { toJson } from '../message/to-json.js';
import { RequestProblem } from './exchange.js';
import { type BodyAnswer, type GroupAnswer, type MessageAnswer, type MessageRow } from './page-api.js';

/** Is shown instead of what nobody may see. */
const HIDDEN = '(hidden)';
const MAX_PREVIEW = 160;
const MAX_LINE = 300;
/** A browser that is to show more characters than these does nothing else any more. */
const MAX_BODY = 256 * 1024;

/** Shown apart, with words of their own. */
const REASON = 'DeadLetterReason';
const DESCRIPTION = 'DeadLetterErrorDescription';
const STACK = 'dead-letter-stack';
const HANDLER = 'dead-letter-handler';

/** Which of a message leaves this process, and how. */
export class MessageViews {
  private readonly redacted: ReadonlySet<string>;

  constructor(
    readonly bodies: 'shown' | 'hidden',
    redact: readonly string[],
  ) {
    this.redacted = new Set(redact.map((name) => name.toLowerCase()));
  }

  row(message: DeskMessage): MessageRow {
    const { sequenceNumber, state, enqueuedTime, scheduledEnqueueTime, attempt, bytes } = message;
    const { messageId, sessionId, subject } = message;
    return {
      sequenceNumber: String(sequenceNumber),
      state,
      bytes: bytes.length,
      preview: this.preview(message),
      ...present({
        enqueuedTime: enqueuedTime?.toISOString(),
        scheduledEnqueueTime: scheduledEnqueueTime?.toISOString(),
        messageId,
        sessionId,
        subject,
        reason: this.line(message.deadLetterReason, REASON),
        description: this.line(message.deadLetterDescription, DESCRIPTION),
        handler: this.line(message.handler, HANDLER),
        attempt,
      }),
    };
  }

  full(message: DeskMessage): MessageAnswer {
    const { contentType, subject, correlationId } = message;
    const { reason, description, ...others } = fieldsOf(message);
    const fields = { ...others, handler: this.text(message.handler, HANDLER) };
    return {
      sequenceNumber: String(message.sequenceNumber),
      fields: Object.entries(fields)
        .filter(([, value]) => value !== undefined)
        .map(([name, value]) => [name, String(value)] as const),
      properties: message.applicationProperties
        .filter(({ name }) => ![REASON, DESCRIPTION, STACK].includes(name))
        .map((property) => this.property(property)),
      body: this.body(message),
      editable: present({ contentType, subject, correlationId }),
      ...present({
        reason: this.text(reason as string | undefined, REASON),
        description: this.text(description as string | undefined, DESCRIPTION),
        stack: this.text(message.stack, STACK),
      }),
    };
  }

  group({
    firstSeen,
    lastSeen,
    example,
    handler,
    reason,
    signature,
    ...group
  }: DeadLetterGroup): GroupAnswer {
    return {
      ...group,
      example: String(example),
      reason: this.text(reason, REASON) ?? '',
      signature: this.text(signature, DESCRIPTION) ?? '',
      ...present({
        handler: this.text(handler, HANDLER),
        firstSeen: firstSeen?.toISOString(),
        lastSeen: lastSeen?.toISOString(),
      }),
    };
  }

  /** Whoever may search what is hidden can find out what it is. @throws RequestProblem */
  checkFilter({ text, properties = {}, reason, handler }: DeadLetterFilter): void {
    if (text !== undefined && this.bodies === 'hidden') {
      throw new RequestProblem(403, 'bodies are hidden here, and cannot be searched');
    }
    const names = Object.keys(properties);
    if (reason !== undefined) names.push(REASON);
    if (handler !== undefined) names.push(HANDLER);
    const hidden = names.filter((name) => this.isRedacted(name));
    if (hidden.length === 0) return;
    throw new RequestProblem(403, `${hidden.join(', ')} is hidden here, and cannot be searched`);
  }

  private property({ name, type, value }: ApplicationProperty): MessageAnswer['properties'][number] {
    return { name, type, value: this.isRedacted(name) ? HIDDEN : toJson(value) };
  }

  private body({ body }: DeskMessage): BodyAnswer {
    const { kind, type, bytes } = body;
    const common = { kind, type, bytes: bytes.length };
    if (this.bodies === 'hidden') return { ...common, form: 'hidden', text: HIDDEN, isCut: false };
    const { form, text } = bodyText(body);
    return { ...common, form, text: text.slice(0, MAX_BODY), isCut: text.length > MAX_BODY };
  }

  private preview({ body }: DeskMessage): string {
    if (this.bodies === 'hidden') return HIDDEN;
    if (body.kind === 'data') {
      const text = body.bytes.toString('utf8', 0, MAX_PREVIEW * 2);
      if (!text.includes('\ufffd')) return oneLine(text, MAX_PREVIEW);
    }
    return oneLine(bodyText(body).text.slice(0, MAX_PREVIEW * 2), MAX_PREVIEW);
  }

  private text(text: string | undefined, name: string): string | undefined {
    return text !== undefined && this.isRedacted(name) ? HIDDEN : text;
  }

  private line(text: string | undefined, name: string): string | undefined {
    const shown = this.text(text, name);
    return shown && oneLine(shown, MAX_LINE);
  }

  private isRedacted(name: string): boolean {
    return this.redacted.has(name.toLowerCase());
  }
}

function bodyText(body: DeskMessage['body']): { form: BodyAnswer['form']; text: string } {
  const view = viewBody(body);
  switch (view.form) {
    case 'json':
      return { form: 'json', text: JSON.stringify(view.json, undefined, 2) };
    case 'text':
      return { form: 'text', text: view.text };
    case 'hex':
      return { form: 'hex', text: view.hex };
    case 'none':
      return { form: 'none', text: '' };
  }
}

/** Leaves out what is undefined. */
export function present<Fields extends object>(
  fields: Fields,
): { [Name in keyof Fields]: Exclude<Fields[Name], undefined> } {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as ReturnType<
    typeof present<Fields>
  >;
}

import { currentMessage } from 'nestjs-service-bus';

/** What every line that is logged while a message is processed says about it. */
export interface MessageFields {
  readonly queue: string;
  readonly messageId: string | undefined;
  readonly correlationId: string | undefined;
  readonly traceId: string | undefined;
  readonly attempt: number;
  /** What became of the message, and how long that took; in the line that tells of it. */
  readonly outcome?: string;
  readonly durationMs?: number;
}

/** Undefined where no message is in work. */
export function messageFields(): MessageFields | undefined {
  const message = currentMessage();
  if (!message) return undefined;
  const { entityPath: queue, messageId, correlationId, traceId, attempt, end } = message;
  return { queue, messageId, correlationId, traceId, attempt, ...end };
}

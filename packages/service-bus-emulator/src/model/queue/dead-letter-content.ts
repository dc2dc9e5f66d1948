import { type PropertyValue } from '@nestjs-service-bus/rule-filter';

import { type MessageContent } from './message-content.js';

/** Adds the reason for dead-lettering to a message. */
export function deadLetterContent(
  content: MessageContent,
  reason?: string,
  description?: string,
): MessageContent {
  const application = new Map<string, PropertyValue>();
  if (reason !== undefined) application.set('DeadLetterReason', reason);
  if (description !== undefined) application.set('DeadLetterErrorDescription', description);
  if (application.size === 0) return content;
  try {
    return content.withProperties({ application });
  } catch {
    // A message whose properties cannot be parsed is dead-lettered all the same, without a reason.
    return content;
  }
}

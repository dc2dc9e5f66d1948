import { type MessageContent } from './message-content.js';
import { type PropertyValue } from '../filter/values/property-value.js';

/** A message with the reason for which it was dead-lettered. */
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
    // A message whose properties nobody can read still has to go somewhere, without a reason if need be.
    return content;
  }
}

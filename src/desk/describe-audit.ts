import { type AuditLine } from 'service-bus-desk';

/** A line of the log about a change at the desk: who, what, where, and how many messages. */
export function describeAudit({ who, action, entity, outcome, ...others }: AuditLine): string {
  // JSON leaves no line feed in: what comes from outside cannot look like another line.
  return `${JSON.stringify(who)}: ${action} of ${JSON.stringify(entity)} ${outcome} ${JSON.stringify(others)}`;
}

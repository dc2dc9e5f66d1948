import { type PropertyValue, type SystemProperty } from './values/property-value.js';
import { isEqual } from './values/compare.js';
import { compileDirectRead, type ReadValue } from './property-reads.js';
import { type CorrelationFilter } from './rule.js';
import { type FilteredMessage } from './values/filtered-message.js';

type SystemField = Exclude<keyof CorrelationFilter, 'kind' | 'properties'>;

const SYSTEM_PROPERTIES: Record<SystemField, SystemProperty> = {
  contentType: 'ContentType',
  correlationId: 'CorrelationId',
  label: 'Label',
  messageId: 'MessageId',
  replyTo: 'ReplyTo',
  replyToSessionId: 'ReplyToSessionId',
  sessionId: 'SessionId',
  to: 'To',
};

interface Condition {
  readonly read: ReadValue;
  readonly expected: PropertyValue;
}

/** Compiles a correlation filter: every field that is set must equal the message's property. */
export function compileCorrelationFilter(filter: CorrelationFilter): (message: FilteredMessage) => boolean {
  const conditions: Condition[] = [];
  for (const [field, name] of Object.entries(SYSTEM_PROPERTIES) as [SystemField, SystemProperty][]) {
    const expected = filter[field];
    if (expected === undefined) continue;
    conditions.push({ read: compileDirectRead({ kind: 'property', scope: 'sys', name }), expected });
  }
  for (const [name, expected] of filter.properties ?? []) {
    conditions.push({ read: compileDirectRead({ kind: 'property', scope: 'user', name }), expected });
  }
  return (message) => {
    for (const { read, expected } of conditions) if (!isMet(read(message), expected)) return false;
    return true;
  };
}

// An expected null means that the property must be absent; correlation filters have no unknown.
function isMet(actual: PropertyValue, expected: PropertyValue): boolean {
  return expected === null ? actual === null : isEqual(actual, expected) === true;
}

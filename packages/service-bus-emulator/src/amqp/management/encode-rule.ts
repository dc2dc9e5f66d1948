import { type RuleDescription, type RuleFilter } from '@nestjs-service-bus/rule-filter';

import { types } from '../rhea-private.js';

// [Service Bus: descriptors of the types in enumerate-rules; the SDK reads lists by position]
const RULE = 0x13700000004;
const EMPTY_ACTION = 0x13700000005;
const SQL_ACTION = 0x13700000006;
const SQL_FILTER = 0x1370000006;
const TRUE_FILTER = 0x1370000007;
const FALSE_FILTER = 0x1370000008;
const CORRELATION_FILTER = 0x1370000009;
const COMPATIBILITY_LEVEL = 20;

/** Encodes a rule for enumerate-rules. The action is always present: the SDK reads it without checking. */
export function encodeRule({ name, filter, action }: RuleDescription): unknown {
  const level = types.wrap_int(COMPATIBILITY_LEVEL);
  const encodedAction = action
    ? described(SQL_ACTION, [action.expression, level])
    : described(EMPTY_ACTION, []);
  return described(RULE, [encodeFilter(filter), encodedAction, name]);
}

function encodeFilter(filter: RuleFilter): unknown {
  switch (filter.kind) {
    case 'sql':
      return described(SQL_FILTER, [
        filter.expression,
        types.wrap_int(filter.compatibilityLevel ?? COMPATIBILITY_LEVEL),
      ]);
    case 'correlation':
      return described(CORRELATION_FILTER, [
        filter.correlationId ?? null,
        filter.messageId ?? null,
        filter.to ?? null,
        filter.replyTo ?? null,
        filter.label ?? null,
        filter.sessionId ?? null,
        filter.replyToSessionId ?? null,
        filter.contentType ?? null,
        types.wrap_map(Object.fromEntries(filter.properties ?? [])),
      ]);
    case 'true':
      return described(TRUE_FILTER, []);
    case 'false':
      return described(FALSE_FILTER, []);
  }
}

function described(descriptor: number, fields: unknown[]): unknown {
  return types.described(types.wrap_ulong(descriptor), types.wrap_list(fields));
}

import {
  compileFilter,
  type FilteredMessage,
  type PropertyValue,
  type RuleFilter,
} from '@nestjs-service-bus/rule-filter';

import { type SubscriptionRule } from './rules.js';

/** A message as a rule sees it: its fields, by the names that rules use, and its application properties. */
export interface MatchedMessage {
  /** `Label`, `MessageId`, `CorrelationId`, `ContentType`, `SessionId`, `To`, `ReplyTo`, `ReplyToSessionId`. */
  readonly fields: Readonly<Record<string, PropertyValue | undefined>>;
  /** Names are compared without regard to case. */
  readonly properties: Iterable<readonly [name: string, value: PropertyValue]>;
}

/**
 * Whether a rule would take a message, as the emulator decides it.
 *
 * @throws SqlSyntaxError if its condition is one that is not understood here
 */
export function matchesRule({ filter }: SubscriptionRule, { fields, properties }: MatchedMessage): boolean {
  const byName = new Map([...properties].map(([name, value]) => [name.toLowerCase(), value]));
  const message: FilteredMessage = {
    systemProperty: (name) => fields[name] ?? null,
    applicationProperty: (name) => byName.get(name.toLowerCase()) ?? null,
  };
  return compileFilter(toRuleFilter(filter))(message);
}

function toRuleFilter(filter: SubscriptionRule['filter']): RuleFilter {
  if (filter.kind === 'correlation') {
    return { kind: 'correlation', ...filter.fields, properties: new Map(Object.entries(filter.properties)) };
  }
  const { expression, parameters = {} } = filter;
  return { kind: 'sql', expression, parameters: new Map(Object.entries(parameters)) };
}

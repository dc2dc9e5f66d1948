import { type CorrelationRule, type RuleOptions } from '../../binding/entity-options.js';
import { type Settings } from './topology.js';

/** What a correlation filter compares: system properties, and application properties. */
export type CorrelationConditions = Omit<CorrelationRule, 'action'>;

/** A rule's settings as they are compared: a correlation filter has one text, whatever the order of its conditions. */
export function ruleSettings(rule: RuleOptions): Settings {
  if (typeof rule === 'string') return { filter: rule, action: null };
  const action = rule.action ?? null;
  if ('sql' in rule) return { filter: rule.sql, action };
  const { action: _, ...conditions } = rule;
  return { filter: correlationText(conditions), action };
}

/** The one text of a correlation filter. */
export function correlationText({ properties, ...system }: CorrelationConditions): string {
  const inOrder = (values: object): object =>
    Object.fromEntries(
      Object.entries(values)
        .filter(([, value]) => value !== undefined)
        .sort(([a], [b]) => (a < b ? -1 : 1)),
    );
  const hasProperties = properties !== undefined && Object.keys(properties).length > 0;
  return JSON.stringify({ ...inOrder(system), ...(hasProperties && { properties: inOrder(properties) }) });
}

/** Takes a rule's filter apart again: no SQL begins with a brace. */
export function readFilter(filter: string): { readonly sql: string } | CorrelationConditions {
  return filter.startsWith('{') ? (JSON.parse(filter) as CorrelationConditions) : { sql: filter };
}

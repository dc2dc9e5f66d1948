import { type CorrelationRuleFilter, type RuleProperties, type SqlRuleFilter } from '@azure/service-bus';

import { readEntityAddress } from '../connection/entity-address.js';
import { type Namespace } from '../connection/namespace.js';
import { DeskError } from '../desk-error.js';

/** A rule of a subscription. */
export interface SubscriptionRule {
  /** Its name. */
  readonly name: string;
  /** Which messages it takes: those for which a condition is true, or those that have these values. */
  readonly filter:
    | {
        /** Tells the kinds apart. */
        readonly kind: 'sql';
        /** A condition in Service Bus' SQL. */
        readonly expression: string;
        /** Values of the condition's parameters. */
        readonly parameters?: Readonly<Record<string, string | number | boolean>>;
      }
    | {
        /** Tells the kinds apart. */
        readonly kind: 'correlation';
        /** By the names of message fields, such as `label` and `correlationId`. */
        readonly fields: Readonly<Record<string, string>>;
        /** Application properties. */
        readonly properties: Readonly<Record<string, string | number | boolean | Date>>;
      };
  /** What it changes of the messages that it takes, in Service Bus' SQL. */
  readonly action?: string;
}

/** Lists the rules of a subscription, in order of their names. Needs Listen. @throws DeskError for a queue */
export async function listRules({ client }: Namespace, entity: string): Promise<SubscriptionRule[]> {
  const { topic, subscription } = readEntityAddress(entity);
  if (topic === undefined || subscription === undefined) {
    throw new DeskError(`${entity} is no subscription: only those have rules`, 'bad-input');
  }
  const rules: SubscriptionRule[] = [];
  // It has nothing of its own that would have to be closed.
  for await (const rule of client.createRuleManager(topic, subscription).listRules())
    rules.push(readRule(rule));
  return rules;
}

function readRule({ name, filter, action }: RuleProperties): SubscriptionRule {
  const expression = action?.sqlExpression;
  return {
    name,
    filter: 'sqlExpression' in filter ? readSql(filter) : readCorrelation(filter),
    ...(expression !== undefined && expression !== '' && { action: expression }),
  };
}

function readSql({ sqlExpression: expression, sqlParameters }: SqlRuleFilter): SubscriptionRule['filter'] {
  return { kind: 'sql', expression, ...(sqlParameters && { parameters: sqlParameters }) };
}

function readCorrelation(filter: CorrelationRuleFilter): SubscriptionRule['filter'] {
  const { applicationProperties = {}, subject: label, ...others } = filter;
  const fields = Object.entries({ ...others, label }).filter(([, value]) => typeof value === 'string');
  const properties = Object.entries(applicationProperties).filter(([, value]) => value !== null);
  return {
    kind: 'correlation',
    fields: Object.fromEntries(fields) as Record<string, string>,
    properties: Object.fromEntries(properties),
  };
}

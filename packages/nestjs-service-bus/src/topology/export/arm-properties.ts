import { ServiceBusConfigurationError } from '../../exceptions/service-bus-configuration.error.js';
import { inOrder } from '../model/plan.js';
import { type CorrelationConditions, readFilter } from '../model/rule-filter.js';
import {
  type DesiredEntity,
  nameEntity,
  type Settings,
  type SettingValue,
  type Topology,
} from '../model/topology.js';

/** What is made of an entity outside: without what is so anyway. */
export function armProperties(settings: Settings): Record<string, Exclude<SettingValue, null>> {
  const stated = Object.entries(settings).filter(([, value]) => value !== null && value !== false);
  // Off is what Azure takes it for, except here.
  if (settings['deadLetteringOnMessageExpiration'] === false)
    stated.push(['deadLetteringOnMessageExpiration', false]);
  return Object.fromEntries(stated) as Record<string, Exclude<SettingValue, null>>;
}

/** The properties of a rule as Azure Resource Manager has them. */
export function armRule({ filter, action }: Settings): object {
  const parts = readFilter(String(filter));
  const acting = typeof action === 'string' ? { action: { sqlExpression: action } } : {};
  if ('sql' in parts) return { filterType: 'SqlFilter', sqlFilter: { sqlExpression: parts.sql }, ...acting };
  const { subject, ...conditions } = parts;
  // [Azure Resource Manager] A message's subject is its label there.
  const correlationFilter = { ...(subject !== undefined && { label: subject }), ...conditions };
  return { filterType: 'CorrelationFilter', correlationFilter, ...acting };
}

/**
 * A correlation filter as Azure Resource Manager and what is built on it can tell it.
 *
 * @throws ServiceBusConfigurationError for an application property that is no text: as a text it would match nothing
 */
export function textConditions(rule: DesiredEntity, filter: CorrelationConditions): Record<string, string> {
  const problems = Object.entries(filter.properties ?? {})
    .filter(([, value]) => typeof value !== 'string')
    .map(
      ([name, value]) =>
        `${nameEntity(rule)}: "${name}" is the ${typeof value} ${String(value)}, and Azure Resource Manager takes ` +
        `text alone in a correlation filter: write the rule as sql, or make it with "topology apply"`,
    );
  if (problems.length > 0) throw new ServiceBusConfigurationError(problems);
  const { subject, properties: _, ...system } = filter;
  // [Azure Resource Manager] A message's subject is its label there.
  return { ...(subject !== undefined && { label: subject }), ...system };
}

/** The entities that the application answers for, in an order in which they can be made. */
export function ours({ entities }: Topology, kind?: DesiredEntity['kind']): DesiredEntity[] {
  return inOrder(entities).filter((entity) => entity.isOurs && (kind === undefined || entity.kind === kind));
}

/** Those of one kind that lie in another entity. */
export function inside(
  topology: Topology,
  kind: DesiredEntity['kind'],
  outer: DesiredEntity,
): DesiredEntity[] {
  const prefix = outer.path.join('\n').toLowerCase();
  return ours(topology, kind).filter(({ path }) => path.slice(0, -1).join('\n').toLowerCase() === prefix);
}

/** The name of an entity alone, without those that it lies in. */
export function ownName({ path }: Pick<DesiredEntity, 'path'>): string {
  return path.at(-1) ?? '';
}

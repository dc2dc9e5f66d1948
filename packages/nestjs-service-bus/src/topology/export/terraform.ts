import { readFilter } from '../model/rule-filter.js';
import { type DesiredEntity, keyOf, type Topology } from '../model/topology.js';
import { armProperties, ours, ownName } from './arm-properties.js';

const NAMES: Readonly<Record<string, string>> = {
  defaultMessageTimeToLive: 'default_message_ttl',
  enablePartitioning: 'partitioning_enabled',
  deadLetteringOnMessageExpiration: 'dead_lettering_on_message_expiration',
};

/** The application's entities for the provider azurerm, version 4. */
export function toTerraform(topology: Topology): string {
  const all = ours(topology);
  const labels = new Map(all.map((entity, index) => [keyOf(entity.path), `${entity.kind}_${index + 1}`]));
  const blocks = all.map((entity) => {
    const own = labels.get(keyOf(entity.path));
    const body = entity.kind === 'rule' ? ruleLines(entity) : settingLines(entity);
    const parent = labels.get(keyOf(entity.path.slice(0, -1)));
    return [
      `resource "azurerm_servicebus_${entity.kind === 'rule' ? 'subscription_rule' : entity.kind}" "${own}" {`,
      `  name = ${JSON.stringify(ownName(entity))}`,
      `  ${parentLine(entity, parent)}`,
      ...body,
      '}',
    ].join('\n');
  });
  return `${['variable "namespace_id" {\n  type = string\n}', ...blocks].join('\n\n')}\n`;
}

function parentLine({ kind }: DesiredEntity, parent: string | undefined): string {
  if (kind === 'subscription') return `topic_id = azurerm_servicebus_topic.${parent}.id`;
  if (kind === 'rule') return `subscription_id = azurerm_servicebus_subscription.${parent}.id`;
  return 'namespace_id = var.namespace_id';
}

function settingLines({ settings }: DesiredEntity): string[] {
  return Object.entries(armProperties(settings)).map(
    ([name, value]) => `  ${NAMES[name] ?? inSnakeCase(name)} = ${literal(value)}`,
  );
}

function ruleLines({ settings: { filter, action } }: DesiredEntity): string[] {
  const parts = readFilter(String(filter));
  const acting = typeof action === 'string' ? [`  action = ${literal(action)}`] : [];
  if ('sql' in parts)
    return ['  filter_type = "SqlFilter"', `  sql_filter = ${literal(parts.sql)}`, ...acting];
  const { subject, properties, ...system } = parts;
  const conditions = { ...(subject !== undefined && { label: subject }), ...system };
  return [
    '  filter_type = "CorrelationFilter"',
    '  correlation_filter {',
    ...Object.entries(conditions).map(([name, value]) => `    ${inSnakeCase(name)} = ${literal(value)}`),
    ...(properties ? ['    properties = {', ...Object.entries(properties).map(propertyLine), '    }'] : []),
    '  }',
    ...acting,
  ];
}

function propertyLine([name, value]: [string, string | number | boolean]): string {
  return `      ${literal(name)} = ${literal(String(value))}`;
}

function inSnakeCase(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
}

/** [Terraform] JSON's strings, but for the beginnings of templates. */
function literal(value: unknown): string {
  return JSON.stringify(value).replaceAll('${', '$${').replaceAll('%{', '%%{');
}

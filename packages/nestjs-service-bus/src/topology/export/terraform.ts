import { readFilter } from '../model/rule-filter.js';
import { type DesiredEntity, keyOf, type Settings, type Topology } from '../model/topology.js';
import { armProperties, ours, ownName, textConditions } from './arm-properties.js';

const NAMES: Readonly<Record<string, string>> = {
  defaultMessageTimeToLive: 'default_message_ttl',
  enablePartitioning: 'partitioning_enabled',
  deadLetteringOnMessageExpiration: 'dead_lettering_on_message_expiration',
};

/** Names of what is to be made, by the keys of their entities, in the order in which they are made. */
type Addresses = ReadonlyMap<string, string>;

/** An attribute, or lines that stand for themselves. */
type Line = readonly [name: string, value: string] | string;

/** The application's entities for the provider azurerm, version 4. */
export function toTerraform(topology: Topology): string {
  const all = ours(topology);
  const made = new Map<string, string>();
  const blocks: string[] = [];
  for (const [index, entity] of all.entries()) {
    const type = `azurerm_servicebus_${entity.kind === 'rule' ? 'subscription_rule' : entity.kind}`;
    const label = `${entity.kind}_${index + 1}`;
    const lines: Line[] = [
      ['name', literal(ownName(entity))],
      parentLine(entity, made.get(keyOf(entity.path.slice(0, -1)))),
      ...(entity.kind === 'rule' ? ruleLines(entity) : settingLines(entity.settings, made)),
    ];
    blocks.push([`resource "${type}" "${label}" {`, ...aligned(lines, '  '), '}'].join('\n'));
    made.set(keyOf(entity.path), `${type}.${label}`);
  }
  return `${['variable "namespace_id" {\n  type = string\n}', ...blocks].join('\n\n')}\n`;
}

function parentLine({ kind }: DesiredEntity, parent: string | undefined): Line {
  if (kind === 'subscription') return ['topic_id', `${parent}.id`];
  if (kind === 'rule') return ['subscription_id', `${parent}.id`];
  return ['namespace_id', 'var.namespace_id'];
}

function settingLines(settings: Settings, made: Addresses): Line[] {
  return Object.entries(armProperties(settings)).map(([name, value]): Line => {
    // By its address, so that what is forwarded to is made before.
    const target = name.startsWith('forward') ? made.get(keyOf([String(value)])) : undefined;
    return [NAMES[name] ?? inSnakeCase(name), target === undefined ? literal(value) : `${target}.name`];
  });
}

function ruleLines(rule: DesiredEntity): Line[] {
  const { filter, action } = rule.settings;
  const parts = readFilter(String(filter));
  const acting: Line[] = typeof action === 'string' ? [['action', literal(action)]] : [];
  if ('sql' in parts)
    return [['filter_type', literal('SqlFilter')], ['sql_filter', literal(parts.sql)], ...acting];
  const conditions = Object.entries(textConditions(rule, parts)).map(([name, value]): Line => [
    inSnakeCase(name),
    literal(value),
  ]);
  const properties = Object.entries(parts.properties ?? {}).map(([name, value]): Line => [
    literal(name),
    literal(value),
  ]);
  return [
    ['filter_type', literal('CorrelationFilter')],
    ...acting,
    '',
    'correlation_filter {',
    ...aligned(conditions, '  '),
    ...(properties.length === 0 ? [] : ['  properties = {', ...aligned(properties, '    '), '  }']),
    '}',
  ];
}

/** [terraform fmt] The equals signs of attributes that follow each other stand below each other. */
function aligned(lines: readonly Line[], indent: string): string[] {
  const width = Math.max(0, ...lines.map((line) => (typeof line === 'string' ? 0 : line[0].length)));
  return lines.map((line) => {
    if (typeof line === 'string') return line === '' ? '' : indent + line;
    return `${indent}${line[0].padEnd(width)} = ${line[1]}`;
  });
}

function inSnakeCase(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
}

/** [Terraform] JSON's strings, but for the beginnings of templates, which are doubled. */
function literal(value: unknown): string {
  return JSON.stringify(value).replaceAll(/[$%](?=\{)/g, (sign) => sign + sign);
}

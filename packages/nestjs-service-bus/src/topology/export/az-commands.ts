import { readFilter } from '../model/rule-filter.js';
import { type DesiredEntity, type Topology } from '../model/topology.js';
import { armProperties, ours, textConditions } from './arm-properties.js';

const NAMES: Readonly<Record<string, string>> = {
  deadLetteringOnMessageExpiration: 'enable-dead-lettering-on-message-expiration',
  requiresSession: 'enable-session',
  requiresDuplicateDetection: 'enable-duplicate-detection',
  forwardDeadLetteredMessagesTo: 'forward-dead-lettered-messages-to',
  maxSizeInMegabytes: 'max-size',
};

/** Commands of the Azure CLI that make the application's entities. */
export function toAzCommands(topology: Topology): string {
  const commands = ours(topology).map(toCommand);
  return ['# RESOURCE_GROUP and NAMESPACE are yours to set.', ...commands, ''].join('\n');
}

function toCommand(entity: DesiredEntity): string {
  const { kind, path, settings } = entity;
  const [name = '', subscription = '', rule = ''] = path;
  const place = '--resource-group "$RESOURCE_GROUP" --namespace-name "$NAMESPACE"';
  const options = kind === 'rule' ? ruleOptions(entity) : settingOptions(settings);
  const target = {
    queue: `queue create ${place} --name ${quote(name)}`,
    destination: `queue create ${place} --name ${quote(name)}`,
    topic: `topic create ${place} --name ${quote(name)}`,
    subscription: `topic subscription create ${place} --topic-name ${quote(name)} --name ${quote(subscription)}`,
    rule: `topic subscription rule create ${place} --topic-name ${quote(name)} --subscription-name ${quote(subscription)} --name ${quote(rule)}`,
  }[kind];
  return ['az servicebus', target, ...options].join(' ');
}

function settingOptions(settings: DesiredEntity['settings']): string[] {
  return Object.entries(armProperties(settings)).map(
    ([name, value]) => `--${NAMES[name] ?? inKebabCase(name)} ${quote(String(value))}`,
  );
}

function ruleOptions(rule: DesiredEntity): string[] {
  const { filter, action } = rule.settings;
  const parts = readFilter(String(filter));
  const acting = typeof action === 'string' ? [`--action-sql-expression ${quote(action)}`] : [];
  if ('sql' in parts)
    return ['--filter-type SqlFilter', `--filter-sql-expression ${quote(parts.sql)}`, ...acting];
  const conditions = textConditions(rule, parts);
  const named = Object.entries(parts.properties ?? {}).map(([name, value]) =>
    quote(`${name}=${String(value)}`),
  );
  return [
    '--filter-type CorrelationFilter',
    ...Object.entries(conditions).map(([name, value]) => `--${inKebabCase(name)} ${quote(value)}`),
    ...(named.length === 0 ? [] : [`--correlation-filter-property ${named.join(' ')}`]),
    ...acting,
  ];
}

function inKebabCase(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
}

/** [sh] A quote ends what is quoted, stands for itself, and begins again. */
function quote(text: string): string {
  return /^[\w./:-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`;
}

import { type DesiredEntity, keyOf, type Topology } from '../model/topology.js';
import { readFilter } from '../model/rule-filter.js';
import { armProperties, armRule, ours, ownName, textConditions } from './arm-properties.js';

/** The version of Azure Resource Manager's API for Service Bus. */
export const API = '2024-01-01';
const TYPES = {
  queue: 'queues',
  topic: 'topics',
  subscription: 'topics/subscriptions',
  rule: 'topics/subscriptions/rules',
  destination: 'queues',
} as const;

/** The application's entities in a namespace that is there. */
export function toBicep(topology: Topology): string {
  const all = ours(topology);
  const symbols = new Map(all.map((entity, index) => [keyOf(entity.path), `${entity.kind}${index + 1}`]));
  const blocks = all.map((entity) => {
    const parent = entity.path.length === 1 ? 'namespace' : symbols.get(keyOf(entity.path.slice(0, -1)));
    const { forwardTo, forwardDeadLetteredMessagesTo } = entity.settings;
    const after = [forwardTo, forwardDeadLetteredMessagesTo].flatMap((target) =>
      typeof target === 'string' ? (symbols.get(keyOf([target])) ?? []) : [],
    );
    const body = {
      name: ownName(entity),
      properties: entity.kind === 'rule' ? ruleOf(entity) : armProperties(entity.settings),
    };
    return [
      `resource ${symbols.get(keyOf(entity.path))} '${typeOf(entity)}' = {`,
      ...(parent === undefined ? [] : [`  parent: ${parent}`]),
      ...(after.length === 0 ? [] : [`  dependsOn: [${[...new Set(after)].join(', ')}]`]),
      ...lines(body, '  '),
      '}',
    ].join('\n');
  });
  return [header(), ...blocks, ''].join('\n\n').replace(/\n+$/, '\n');
}

function ruleOf(rule: DesiredEntity): object {
  const filter = readFilter(String(rule.settings['filter']));
  if (!('sql' in filter)) textConditions(rule, filter);
  return armRule(rule.settings);
}

/** The namespace that everything else lies in. */
export function header(): string {
  return [
    "@description('The namespace, which must be there.')",
    'param namespaceName string',
    '',
    `resource namespace 'Microsoft.ServiceBus/namespaces@${API}' existing = {`,
    '  name: namespaceName',
    '}',
  ].join('\n');
}

function typeOf({ kind }: DesiredEntity): string {
  return `Microsoft.ServiceBus/namespaces/${TYPES[kind]}@${API}`;
}

function lines(value: object, indent: string): string[] {
  return Object.entries(value).flatMap(([name, inner]: [string, unknown]) => {
    const key = /^[A-Za-z_]\w*$/.test(name) ? name : `'${escape(name)}'`;
    if (typeof inner === 'object' && inner !== null) {
      return [`${indent}${key}: {`, ...lines(inner, `${indent}  `), `${indent}}`];
    }
    return [`${indent}${key}: ${typeof inner === 'string' ? `'${escape(inner)}'` : String(inner)}`];
  });
}

/** [Bicep] Quotes, backslashes, ends of lines and the beginning of an interpolation. */
export function escape(text: string): string {
  return text
    .replaceAll(/['\\]|\$(?=\{)/g, String.raw`\$&`)
    .replaceAll('\n', String.raw`\n`)
    .replaceAll('\r', String.raw`\r`);
}

import { type DesiredEntity, keyOf, type Topology } from '../model/topology.js';
import { type Access } from './access.js';
import { armProperties, armRule, ours, ownName } from './arm-properties.js';

const API = '2024-01-01';
const TYPES = {
  queue: 'queues',
  topic: 'topics',
  subscription: 'topics/subscriptions',
  rule: 'topics/subscriptions/rules',
  destination: 'queues',
} as const;

// [Azure built-in roles]
const RECEIVER = '4f6d3b9b-027b-4f4c-9142-0e5a2a2247e0';
const SENDER = '69a216fc-b8fb-44d8-bc22-1f3c2cd27a39';

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
      properties: entity.kind === 'rule' ? armRule(entity.settings) : armProperties(entity.settings),
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

/** The rights that the application needs, and no others, for one identity. */
export function toRoleAssignments({ receivesFrom, sendsTo }: Access): string {
  const grants = [
    ...receivesFrom.map((path) => ({ path, role: RECEIVER, name: 'receiver' })),
    ...sendsTo.map((name) => ({ path: [name], role: SENDER, name: 'sender' })),
  ];
  const blocks = grants.map(({ path, role, name }, index) => {
    const isSubscription = path.length > 1;
    // A sender may not know whether it is a topic: then a resource of the wrong type is told by the deployment.
    const type = `Microsoft.ServiceBus/namespaces/${isSubscription ? 'topics/subscriptions' : 'queues'}@${API}`;
    const full = isSubscription
      ? `'\${namespaceName}/${path.map(escape).join('/')}'`
      : `'${escape(path[0] ?? '')}'`;
    return [
      `resource scope${index + 1} '${type}' existing = {`,
      ...(isSubscription ? [] : ['  parent: namespace']),
      `  name: ${full}`,
      '}',
      '',
      `resource ${name}${index + 1} 'Microsoft.Authorization/roleAssignments@2022-04-01' = {`,
      `  scope: scope${index + 1}`,
      `  name: guid(scope${index + 1}.id, principalId, '${role}')`,
      '  properties: {',
      '    principalId: principalId',
      "    principalType: 'ServicePrincipal'",
      `    roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', '${role}')`,
      '  }',
      '}',
    ].join('\n');
  });
  const principal = "@description('The identity that the application runs as.')\nparam principalId string";
  return `${[principal, header(), ...blocks].join('\n\n')}\n`;
}

function header(): string {
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

/** [Bicep] Quotes, backslashes and the beginning of an interpolation. */
function escape(text: string): string {
  return text.replaceAll('\\', '\\\\').replaceAll("'", "\\'").replaceAll('${', '\\${');
}

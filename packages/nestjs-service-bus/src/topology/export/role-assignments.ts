import { keyOf, type Topology } from '../model/topology.js';
import { type Access } from './access.js';
import { API, escape, header } from './bicep.js';

// [Azure built-in roles]
const RECEIVER = '4f6d3b9b-027b-4f4c-9142-0e5a2a2247e0';
const SENDER = '69a216fc-b8fb-44d8-bc22-1f3c2cd27a39';

interface Grant {
  readonly role: string;
  readonly name: 'receiver' | 'sender';
  readonly path: readonly string[];
  /** The type of what lies in the namespace: `queues`. */
  readonly type: string;
  readonly comment?: string;
}

/** The rights that the application needs, and no others, for one identity; in Bicep. */
export function toRoleAssignments(
  { receivesFrom, sendsTo, repliesAnywhere }: Access,
  topology: Topology,
): string {
  const grants: Grant[] = [
    ...receivesFrom.map((path): Grant => {
      const type = path.length > 1 ? 'topics/subscriptions' : 'queues';
      return { role: RECEIVER, name: 'receiver', path, type };
    }),
    ...sendsTo.map((name): Grant => ({
      role: SENDER,
      name: 'sender',
      path: [name],
      ...typeOf(name, topology),
    })),
  ];
  const principal = "@description('The identity that the application runs as.')\nparam principalId string";
  const blocks = grants.map(toBlock);
  const notes =
    repliesAnywhere.length === 0
      ? []
      : [
          '// A message may name a replyTo of its own, where these bindings answer as well: grant the right to send there,\n' +
            `// or name the places by allowReplyTo: ${repliesAnywhere.join(', ').replaceAll(/\s+/g, ' ')}`,
        ];
  return `${[principal, header(), ...notes, ...blocks].join('\n\n')}\n`;
}

function typeOf(name: string, { entities }: Topology): Pick<Grant, 'type' | 'comment'> {
  const kind = entities.find(({ path }) => keyOf(path) === keyOf([name]))?.kind;
  if (kind === 'topic') return { type: 'topics' };
  if (kind === 'queue') return { type: 'queues' };
  const comment = `// Taken for a queue; if it is a topic, declare it: entities: { '${name}': 'external topic' }`;
  return { type: 'queues', comment };
}

function toBlock({ role, name, path, type, comment }: Grant, index: number): string {
  const scope = `scope${index + 1}`;
  const isInner = path.length > 1;
  const inNamespace = isInner
    ? `'\${namespaceName}/${path.map(escape).join('/')}'`
    : `'${escape(path[0] ?? '')}'`;
  return [
    ...(comment === undefined ? [] : [comment]),
    `resource ${scope} 'Microsoft.ServiceBus/namespaces/${type}@${API}' existing = {`,
    ...(isInner ? [] : ['  parent: namespace']),
    `  name: ${inNamespace}`,
    '}',
    '',
    `resource ${name}${index + 1} 'Microsoft.Authorization/roleAssignments@2022-04-01' = {`,
    `  scope: ${scope}`,
    `  name: guid(${scope}.id, principalId, '${role}')`,
    '  properties: {',
    '    principalId: principalId',
    "    principalType: 'ServicePrincipal'",
    `    roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', '${role}')`,
    '  }',
    '}',
  ].join('\n');
}

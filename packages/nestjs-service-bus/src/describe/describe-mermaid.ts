import { type ApplicationDescription } from './describe-application.js';

/** A description as a Mermaid flow chart: entities, handlers, and where messages go. */
export function describeMermaid({ bindings, senders }: ApplicationDescription): string {
  const nodes = new Map<string, string>();
  const edges = new Set<string>();
  const node = (key: string, shape: (id: string) => string): string => {
    if (!nodes.has(key)) nodes.set(key, shape(`n${nodes.size + 1}`));
    return idOf(nodes.get(key) ?? '');
  };
  const entityNode = (name: string): string =>
    node(`entity ${name.toLowerCase()}`, (id) => `${id}[(${quote(name)})]`);
  for (const { entity, replyTo, handlers } of bindings) {
    const source = entityNode(entity.kind === 'queue' ? entity.name : `${entity.topic}/${entity.name}`);
    if (entity.kind === 'subscription') edges.add(`${entityNode(entity.topic)} --> ${source}`);
    for (const { name, subject, isEvent } of handlers) {
      const handler = node(`handler ${name}`, (id) => `${id}[${quote(name)}]`);
      edges.add(`${source} -->${subject === undefined ? '' : `|${quote(subject)}|`} ${handler}`);
      if (replyTo !== undefined && !isEvent) edges.add(`${handler} --> ${entityNode(replyTo)}`);
    }
  }
  for (const { name, entity } of senders) {
    edges.add(
      `${node(`sender ${name}`, (id) => `${id}([${quote(`sender ${name}`)}])`)} --> ${entityNode(entity)}`,
    );
  }
  return ['flowchart LR', ...[...nodes.values(), ...edges].map((line) => `  ${line}`), ''].join('\n');
}

function idOf(declaration: string): string {
  return /^\w+/.exec(declaration)?.[0] ?? '';
}

/** [Mermaid] A text in quotes may hold anything but quotes; those have an entity code. */
function quote(text: string): string {
  return `"${text.replaceAll('"', '#quot;')}"`;
}

import { type DescribedContract } from '../contract/contract-registry.js';
import { type ApplicationDescription, type DescribedBinding } from './application-description.js';

/** A description as a Mermaid flow chart: entities, handlers, publishers, and where messages go. */
export function describeMermaid(description: ApplicationDescription): string {
  const { bindings, contracts, replyQueue, senders, clients } = description;
  const chart = new Chart();
  for (const binding of bindings) addBinding(chart, binding);
  for (const contract of contracts) addContract(chart, contract, replyQueue);
  for (const { name, entity } of senders) chart.edge(chart.round(`sender ${name}`), chart.entity(entity));
  for (const { name, queues, topics, replyQueue: answers } of clients) {
    const client = chart.round(`client ${name}`);
    for (const entity of [...queues, ...topics]) chart.edge(client, chart.entity(entity));
    if (answers !== undefined) chart.edge(chart.entity(answers), client, 'answers');
  }
  return chart.toString();
}

function addBinding(chart: Chart, { entity, replyTo, handlers }: DescribedBinding): void {
  const source = chart.entity(entity.kind === 'queue' ? entity.name : `${entity.topic}/${entity.name}`);
  if (entity.kind === 'subscription') chart.edge(chart.entity(entity.topic), source);
  for (const { name, subject, isEvent } of handlers) {
    const handler = chart.box(`handler ${name}`, name);
    chart.edge(source, handler, subject);
    if (replyTo !== undefined && !isEvent) chart.edge(handler, chart.entity(replyTo));
  }
}

function addContract(chart: Chart, contract: DescribedContract, replyQueue: string | undefined): void {
  const { name, destination, result, publishers, handlers } = contract;
  for (const publisher of publishers) {
    const node = chart.round(publisher);
    if (destination !== undefined) chart.edge(node, chart.entity(destination), name);
    if (result === undefined || replyQueue === undefined) continue;
    const answers = chart.entity(replyQueue);
    chart.edge(answers, node, result);
    for (const handler of handlers) chart.edge(chart.box(`handler ${handler}`, handler), answers, result);
  }
}

/** Each node and each edge once, in the order in which they come up. */
class Chart {
  private readonly nodes = new Map<string, { readonly id: string; readonly declaration: string }>();
  private readonly edges = new Set<string>();

  entity(name: string): string {
    return this.node(`entity ${name.toLowerCase()}`, (id) => `${id}[(${quote(name)})]`);
  }

  box(key: string, text: string): string {
    return this.node(key, (id) => `${id}[${quote(text)}]`);
  }

  round(text: string): string {
    return this.node(`round ${text}`, (id) => `${id}([${quote(text)}])`);
  }

  edge(from: string, to: string, label?: string): void {
    this.edges.add(`${from} -->${label === undefined ? '' : `|${quote(label)}|`} ${to}`);
  }

  toString(): string {
    const declarations = [...this.nodes.values()].map(({ declaration }) => declaration);
    return ['flowchart LR', ...[...declarations, ...this.edges].map((line) => `  ${line}`), ''].join('\n');
  }

  private node(key: string, declare: (id: string) => string): string {
    const known = this.nodes.get(key);
    if (known) return known.id;
    const id = `n${this.nodes.size + 1}`;
    this.nodes.set(key, { id, declaration: declare(id) });
    return id;
  }
}

/** [Mermaid] A text in quotes may hold anything but quotes; those have an entity code. */
function quote(text: string): string {
  return `"${text.replaceAll('"', '#quot;')}"`;
}

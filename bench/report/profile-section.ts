import { type Candidate } from '../candidates/candidate.js';
import { type Cost } from '../measure/read-profile.js';
import { whole } from './format.js';
import { type Section } from './section.js';
import { table } from './table.js';

const MOST_FUNCTIONS = 15;

/** Costs per message: by group, by function, and of our own functions including their callees. */
export function profileSection(
  { id, title }: Candidate,
  messages: number,
  processor: readonly Cost[],
  allocations: readonly Cost[],
): Section {
  const markdown = [
    `Where the time of ${id} (${title}) goes, per message of 100 bytes`,
    '',
    groups(messages, processor, allocations),
    '',
    'The functions that take most time of their own',
    '',
    functions(messages, processor, 'own', () => true),
    '',
    'Ours, with all they call',
    '',
    functions(messages, processor, 'total', ({ group }) => group === 'ours'),
    '',
    'The functions that allocate most themselves',
    '',
    functions(messages, allocations, 'own', () => true),
  ].join('\n');
  return { name: `profile-${id}`, markdown, figures: { messages, processor, allocations } };
}

function groups(messages: number, processor: readonly Cost[], allocations: readonly Cost[]): string {
  const times = byGroup(processor);
  const bytes = byGroup(allocations);
  const names = [...new Set([...times.keys(), ...bytes.keys()])].sort(
    (a, b) => (times.get(b) ?? 0) - (times.get(a) ?? 0),
  );
  const sum = [...times.values()].reduce((total, time) => total + time, 0);
  const rows = names.map((name) => [
    name,
    ((times.get(name) ?? 0) / messages).toFixed(1),
    `${whole(((times.get(name) ?? 0) / sum) * 100)} %`,
    whole((bytes.get(name) ?? 0) / messages),
  ]);
  return table(['code of', 'µs', 'share', 'bytes allocated'], rows);
}

function functions(
  messages: number,
  costs: readonly Cost[],
  order: 'own' | 'total',
  isShown: (cost: Cost) => boolean,
): string {
  const rows = costs
    .filter(isShown)
    .sort((a, b) => b[order] - a[order])
    .slice(0, MOST_FUNCTIONS)
    .map(({ name, place, group, own, total }) => [
      `${name} ${place}`,
      group,
      (own / messages).toFixed(1),
      (total / messages).toFixed(1),
    ]);
  return table(['function', 'code of', 'own', 'with callees'], rows);
}

function byGroup(costs: readonly Cost[]): Map<string, number> {
  const groups = new Map<string, number>();
  for (const { group, own } of costs) groups.set(group, (groups.get(group) ?? 0) + own);
  return groups;
}

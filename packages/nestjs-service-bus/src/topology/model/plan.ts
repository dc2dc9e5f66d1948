import { isoDurationMs } from '../../time/iso-duration.js';
import {
  type DesiredEntity,
  isInside,
  keyOf,
  nameEntity,
  type SettingValue,
  type Topology,
  type TopologyEntity,
} from './topology.js';

/** A setting that is not as it is wanted. */
export interface Difference {
  readonly setting: string;
  readonly actual: SettingValue | undefined;
  readonly desired: SettingValue;
}

/**
 * What is to be done about an entity. `recreate` deletes it with its messages first, as what differs cannot be changed;
 * `delete` is for rules that nobody declares. `absent` and `foreign` are for people: an entity of somebody else that is
 * not there, or that is not as it is read.
 */
export type Action = 'create' | 'update' | 'recreate' | 'delete' | 'absent' | 'foreign';

/** One step from the namespace as it is to what is wanted. */
export interface Change {
  readonly action: Action;
  readonly entity: TopologyEntity;
  /** For `update`, `recreate` and `foreign`. */
  readonly differences: readonly Difference[];
}

const NOTHING: readonly Difference[] = [];
// [Service Bus] Decided when an entity is made.
const FIXED = new Set(['requiresSession', 'requiresDuplicateDetection', 'enablePartitioning']);

/** The steps from what is there to what is wanted, in an order in which they can be done. Empty: nothing has drifted. */
export function planTopology(desired: Topology, actual: readonly TopologyEntity[]): Change[] {
  const found = new Map(actual.map((entity) => [keyOf(entity.path), entity]));
  const changes: Change[] = [];
  for (const entity of inOrder(desired.entities)) {
    // What lies in an entity that is made anew is gone with it.
    const isGone = changes.some(
      ({ action, entity: { path } }) => action === 'recreate' && isInside(entity.path, path),
    );
    const change = changeOf(entity, isGone ? undefined : found.get(keyOf(entity.path)));
    if (change) changes.push(change);
  }
  return [...changes, ...surplusRules(desired, actual, changes)];
}

/** Whether a step destroys something: it is only taken with consent. */
export function isDestructive({ action }: Change): boolean {
  return action === 'recreate' || action === 'delete';
}

/** Whether a step can be taken at all: what belongs to others is theirs to change. */
export function isPossible({ action }: Change): boolean {
  return action !== 'absent' && action !== 'foreign';
}

function changeOf(wanted: DesiredEntity, found: TopologyEntity | undefined): Change | undefined {
  const { kind, path, settings, isOurs } = wanted;
  if (!found) return { action: isOurs ? 'create' : 'absent', entity: wanted, differences: NOTHING };
  if (kind !== 'destination' && kind !== found.kind) {
    return {
      action: 'foreign',
      entity: wanted,
      differences: [{ setting: 'kind', actual: found.kind, desired: kind }],
    };
  }
  const differences = Object.entries(settings).flatMap(([setting, value]): Difference[] => {
    const actual = found.settings[setting];
    return isSame(setting, actual, value) || isPartitionedSize(setting, found, value)
      ? []
      : [{ setting, actual, desired: value }];
  });
  if (differences.length === 0) return undefined;
  const isFixed = differences.some(({ setting }) => FIXED.has(setting));
  const action = isOurs ? (isFixed ? 'recreate' : 'update') : 'foreign';
  return { action, entity: { kind, path, settings }, differences };
}

/** A rule that nobody names lets messages in that nobody wants: the first `$Default`, by which all of them come. */
function surplusRules(
  { entities }: Topology,
  actual: readonly TopologyEntity[],
  changes: readonly Change[],
): Change[] {
  const rules = entities.filter(({ kind }) => kind === 'rule');
  const wanted = new Set(rules.map(({ path }) => keyOf(path)));
  const ruled = new Set(rules.map(({ path }) => keyOf(path.slice(0, -1))));
  const isMadeAnew = (path: readonly string[]): boolean =>
    changes.some(({ action, entity }) => action === 'recreate' && isInside(path, entity.path));
  return actual
    .filter(({ kind, path }) => kind === 'rule' && ruled.has(keyOf(path.slice(0, -1))))
    .filter(({ path }) => !wanted.has(keyOf(path)) && !isMadeAnew(path))
    .map((entity) => ({ action: 'delete', entity, differences: NOTHING }));
}

/** What is forwarded to before what forwards to it, and everything before what lies in it. */
export function inOrder(entities: readonly DesiredEntity[]): DesiredEntity[] {
  const byKey = new Map(entities.map((entity) => [keyOf(entity.path), entity]));
  const ordered = new Set<DesiredEntity>();
  const visiting = new Set<DesiredEntity>();
  const visit = (entity: DesiredEntity): void => {
    if (ordered.has(entity) || visiting.has(entity)) return;
    visiting.add(entity);
    const { forwardTo, forwardDeadLetteredMessagesTo } = entity.settings;
    for (const target of [forwardTo, forwardDeadLetteredMessagesTo]) {
      const next = typeof target === 'string' ? byKey.get(keyOf([target])) : undefined;
      if (next) visit(next);
    }
    for (let length = 1; length < entity.path.length; length++) {
      const outer = byKey.get(keyOf(entity.path.slice(0, length)));
      if (outer) visit(outer);
    }
    ordered.add(entity);
  };
  for (const entity of entities) visit(entity);
  return [...ordered];
}

function isSame(setting: string, actual: SettingValue | undefined, desired: SettingValue): boolean {
  if (actual === desired || (desired === null && (actual === undefined || actual === ''))) return true;
  if (typeof actual !== 'string' || typeof desired !== 'string') return false;
  if (setting.startsWith('forward')) return actual.toLowerCase() === desired.toLowerCase();
  // `PT300S` is `PT5M`.
  const duration = isoDurationMs(desired);
  return duration !== undefined && isoDurationMs(actual) === duration;
}

/** [Service Bus] An entity with partitions has 16, and tells the size of all of them. */
function isPartitionedSize(setting: string, { settings }: TopologyEntity, desired: SettingValue): boolean {
  if (setting !== 'maxSizeInMegabytes' || settings['enablePartitioning'] !== true) return false;
  return settings[setting] === Number(desired) * 16;
}

/** What people can do about a step. */
export function remedyFor({ action }: Change): string {
  if (action === 'absent') return 'have its owner make it, or declare it in entities of forFeature';
  if (action === 'foreign') return 'have its owner change it, or change what is declared';
  const consent = action === 'recreate' || action === 'delete' ? ' --delete' : '';
  return `run "npx nestjs-service-bus topology apply${consent}", or change what is declared`;
}

/** One line for a step, for people. */
export function describeChange({ action, entity, differences }: Change): string {
  const name = nameEntity(entity);
  const list = differences
    .map(({ setting, actual, desired }) => `${setting} ${show(actual)} → ${show(desired)}`)
    .join(', ');
  switch (action) {
    case 'create':
      return `+ create ${name}`;
    case 'update':
      return `~ update ${name}: ${list}`;
    case 'recreate':
      return `! recreate ${name}, with the loss of its messages: ${list}`;
    case 'delete':
      return `- delete ${name}`;
    case 'absent':
      return `? ${name} is missing, and belongs to somebody else`;
    case 'foreign':
      return `? ${name} is not as it is used, and not ours to change: ${list}`;
  }
}

function show(value: SettingValue | undefined): string {
  return value === null || value === undefined || value === '' ? 'none' : String(value);
}

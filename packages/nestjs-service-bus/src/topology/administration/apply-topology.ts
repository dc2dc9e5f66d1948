import { type Change, isDestructive, isPossible, planTopology } from '../model/plan.js';
import { isInside, keyOf, type Topology } from '../model/topology.js';
import { type NamespaceAdministration } from './namespace-administration.js';

/** What became of a plan. */
export interface Applied {
  /** Steps that were taken. */
  readonly done: readonly Change[];
  /** What still differs: steps that destroy something, without consent, and what belongs to others. */
  readonly left: readonly Change[];
}

// The first takes the steps, the second looks whether others took different ones meanwhile and sets it right.
const MAX_ROUNDS = 3;

/**
 * Brings a namespace to what is wanted, and looks whether it is. Instances that do so at the same moment do not get in
 * each other's way.
 *
 * @param mayDelete consents to steps that destroy messages or rules
 */
export async function applyTopology(
  administration: NamespaceAdministration,
  desired: Topology,
  {
    mayDelete = false,
    onlyCreate = false,
    performed = () => undefined,
  }: {
    mayDelete?: boolean;
    /** Makes what is missing, and leaves what is there as it is. */
    onlyCreate?: boolean;
    /** Called after each step. */
    performed?: (change: Change) => void;
  } = {},
): Promise<Applied> {
  const done: Change[] = [];
  for (let round = 1; ; round++) {
    const plan = planTopology(desired, await administration.read(desired));
    const steps = plan.filter(
      (change) =>
        isPossible(change) &&
        (mayDelete || !isDestructive(change)) &&
        (!onlyCreate || change.action === 'create'),
    );
    if (steps.length === 0 || round === MAX_ROUNDS) return { done, left: plan };
    for (const change of steps) {
      if ((await administration.perform(change)) === 'exists') continue;
      await removeDefaultRule(administration, change, steps);
      done.push(change);
      performed(change);
    }
  }
}

/** A subscription that we have just made takes every message by a rule that nobody asked for, if others are declared. */
async function removeDefaultRule(
  administration: NamespaceAdministration,
  { action, entity }: Change,
  steps: readonly Change[],
): Promise<void> {
  const isNew = action === 'create' || action === 'recreate';
  if (!isNew || entity.kind !== 'subscription') return;
  const path = [...entity.path, '$Default'];
  const rules = steps.filter(
    ({ entity: { kind, path: inner } }) => kind === 'rule' && isInside(inner, entity.path),
  );
  if (rules.length === 0 || rules.some((rule) => keyOf(rule.entity.path) === keyOf(path))) return;
  await administration.perform({
    action: 'delete',
    entity: { kind: 'rule', path, settings: {} },
    differences: [],
  });
}

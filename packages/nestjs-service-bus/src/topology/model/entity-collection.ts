import { contradictions, mergeOptions, type OptionsSource } from '../../binding/declared-options.js';
import { type EntityOptions, type RuleOptions } from '../../binding/entity-options.js';
import { ruleSettings } from './rule-filter.js';
import {
  type DesiredEntity,
  type EntityKind,
  keyOf,
  nameEntity,
  type Settings,
  type SettingValue,
} from './topology.js';

/** What one place wants of an entity. */
export interface EntityWish {
  readonly kind: Exclude<EntityKind, 'rule'>;
  readonly path: readonly string[];
  /** Where it is said, for messages. */
  readonly from: string;
  /** Undefined: it is made where it is missing, and nothing is said of what it is like. */
  readonly options: EntityOptions | 'external' | undefined;
  /** Must be so, as the entity is read that way. */
  readonly reads?: EntityOptions;
  /** Where nobody says otherwise. */
  readonly defaults?: EntityOptions;
}

interface Collected {
  /** A destination becomes what somebody else says that it is. */
  kind: EntityKind;
  readonly path: readonly string[];
  readonly usedBy: Set<string>;
  readonly wishes: OptionsSource[];
  readonly externalTo: string[];
  defaults: EntityOptions;
  rule?: RuleOptions;
  isOurs: boolean;
  isDescribed: boolean;
}

type WishOptions = OptionsSource['options'];

// docs/topology.md says why.
const RECOMMENDED: EntityOptions = {
  lockDuration: 'PT5M',
  maxDeliveryCount: 50,
  requiresSession: false,
  defaultMessageTimeToLive: 'P14D',
  deadLetteringOnMessageExpiration: true,
  duplicateDetection: false,
};
const RECOMMENDED_TOPIC: EntityOptions = { defaultMessageTimeToLive: 'P14D', duplicateDetection: 'PT1H' };

/** Gathers what bindings and features want of entities, each entity once. */
export class EntityCollection {
  private readonly collected = new Map<string, Collected>();
  private readonly problems: string[] = [];

  constructor(private readonly recommends: boolean) {}

  isTopic(name: string): boolean {
    return this.collected.get(keyOf([name]))?.kind === 'topic';
  }

  add({ kind, path, from, options, reads = {}, defaults = {} }: EntityWish): void {
    const entity = this.take(kind, path, from);
    if (!entity) return;
    if (options === 'external') entity.externalTo.push(from);
    else entity.isOurs = true;
    entity.isDescribed ||= typeof options === 'object';
    const said = typeof options === 'object' ? options : {};
    for (const wish of [said, reads]) entity.wishes.push({ from, options: wish as WishOptions });
    entity.defaults = { ...defaults, ...entity.defaults };
  }

  addRule(path: readonly string[], from: string, rule: RuleOptions): void {
    const entity = this.take('rule', path, from);
    if (!entity) return;
    entity.rule = rule;
    entity.isOurs = true;
  }

  /** Notes that an entity is used; whoever only uses it knows no more of what it is like than how it is read. */
  mention(kind: EntityKind, path: readonly string[], from: string, reads?: EntityOptions): void {
    const entity = this.take(kind, path, from);
    if (reads) entity?.wishes.push({ from, options: reads as WishOptions });
  }

  /** What is forwarded to must be there: as a queue, where nobody says more of it. */
  addForwardTargets(): void {
    for (const { wishes, path } of [...this.collected.values()]) {
      const { forwardTo, forwardDeadLettersTo } = mergeOptions(wishes) as EntityOptions;
      for (const target of [forwardTo, forwardDeadLettersTo]) {
        if (target === undefined) continue;
        const kind = this.isTopic(target) ? 'topic' : 'queue';
        this.add({ kind, path: [target], from: `what ${path.join('/')} forwards`, options: {} });
      }
    }
  }

  finish(): { problems: string[]; entities: DesiredEntity[] } {
    const all = [...this.collected.values()];
    const problems = [...this.problems, ...all.flatMap(problemsOf)];
    return {
      problems: [...new Set(problems)],
      entities: problems.length > 0 ? [] : all.map((one) => toDesired(one, this.recommends)),
    };
  }

  private take(kind: EntityKind, path: readonly string[], from: string): Collected | undefined {
    const key = keyOf(path);
    const known = this.collected.get(key);
    if (!known) {
      const fresh: Collected = {
        kind,
        path,
        usedBy: new Set([from]),
        wishes: [],
        externalTo: [],
        defaults: {},
        isOurs: false,
        isDescribed: false,
      };
      this.collected.set(key, fresh);
      return fresh;
    }
    if (known.kind === 'destination') known.kind = kind;
    if (known.kind !== kind && kind !== 'destination') {
      const [first] = known.usedBy;
      const isRead = [known.kind, kind].includes('topic') && path.length === 1;
      const remedy = isRead ? 'read a subscription of the topic, or give' : 'give';
      this.problems.push(
        `${path.join('/')} is a ${known.kind} in ${first} and a ${kind} in ${from}: ${remedy} one of them another name`,
      );
      return undefined;
    }
    known.usedBy.add(from);
    return known;
  }
}

function problemsOf(entity: Collected): string[] {
  const name = nameEntity(entity);
  const problems = contradictions(entity.wishes).map((line) => `${name}: ${line}`);
  const [external] = entity.externalTo;
  const owner = entity.wishes.find(
    ({ from, options }) => !entity.externalTo.includes(from) && Object.keys(options).length > 0,
  );
  if (external !== undefined && owner !== undefined && hasSettings(entity)) {
    problems.push(
      `${name}: is external in ${external}, and ${owner.from} says what it is like: keep one of them`,
    );
  }
  return problems;
}

/** How it is read is no setting that somebody wants. */
function hasSettings({ wishes }: Collected): boolean {
  const { requiresSession: _, ...rest } = mergeOptions(wishes) as EntityOptions;
  return Object.keys(rest).length > 0;
}

function toDesired(entity: Collected, recommends: boolean): DesiredEntity {
  const { kind, path, usedBy, externalTo, rule } = entity;
  const isOurs = entity.isOurs && externalTo.length === 0;
  return {
    kind,
    path,
    settings: rule ? ruleSettings(rule) : settingsOf(entity, isOurs, recommends),
    isOurs,
    usedBy: [...usedBy],
  };
}

function settingsOf(
  { kind, wishes, defaults, isDescribed }: Collected,
  isOurs: boolean,
  recommends: boolean,
): Settings {
  const said = mergeOptions(wishes) as EntityOptions;
  if (isOurs && !isDescribed) return {};
  if (!isOurs) return said.requiresSession === undefined ? {} : { requiresSession: said.requiresSession };
  const recommended = kind === 'topic' ? RECOMMENDED_TOPIC : RECOMMENDED;
  const wanted: EntityOptions = recommends ? { ...recommended, ...defaults, ...said } : said;
  const { duplicateDetection: window = false, forwardTo, forwardDeadLettersTo, ...rest } = wanted;
  const { rules: _rules, topic: _topic, ...plain } = rest;
  return {
    ...(plain as Record<string, SettingValue>),
    ...(kind !== 'subscription' && {
      requiresDuplicateDetection: window !== false,
      ...(window !== false && { duplicateDetectionHistoryTimeWindow: window }),
    }),
    ...(kind !== 'topic' && {
      forwardTo: forwardTo ?? null,
      forwardDeadLetteredMessagesTo: forwardDeadLettersTo ?? null,
    }),
  };
}

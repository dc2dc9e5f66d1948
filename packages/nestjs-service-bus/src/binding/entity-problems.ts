import { isoDurationMs } from '../time/iso-duration.js';
import { type BindingOptions } from './binding.js';
import { toText } from '../exceptions/read-thrown.js';
import { checkInteger } from './check-integer.js';
import {
  type CorrelationRule,
  type EntityOptions,
  type ReplyToEntityOptions,
  type RuleOptions,
  type SqlRule,
  type TopicOptions,
} from './entity-options.js';
import { type OptionNames, unknownOptions } from './unknown-options.js';

const TOPIC: OptionNames<TopicOptions> = {
  defaultMessageTimeToLive: true,
  duplicateDetection: true,
  maxSizeInMegabytes: true,
  enablePartitioning: true,
};
const QUEUE: OptionNames<Omit<EntityOptions, 'rules' | 'topic'>> = {
  ...TOPIC,
  lockDuration: true,
  maxDeliveryCount: true,
  requiresSession: true,
  deadLetteringOnMessageExpiration: true,
  forwardTo: true,
  forwardDeadLettersTo: true,
};
const SUBSCRIPTION: OptionNames<Omit<EntityOptions, keyof TopicOptions>> & {
  defaultMessageTimeToLive: true;
} = {
  lockDuration: true,
  maxDeliveryCount: true,
  requiresSession: true,
  defaultMessageTimeToLive: true,
  deadLetteringOnMessageExpiration: true,
  forwardTo: true,
  forwardDeadLettersTo: true,
  rules: true,
  topic: true,
};
const REPLY_TO: OptionNames<ReplyToEntityOptions> = { ...QUEUE, kind: true };
const CORRELATION_RULE: OptionNames<CorrelationRule> = {
  subject: true,
  correlationId: true,
  messageId: true,
  to: true,
  replyTo: true,
  sessionId: true,
  replyToSessionId: true,
  contentType: true,
  properties: true,
  action: true,
};
const SQL_RULE: OptionNames<SqlRule> = { sql: true, action: true };

// [Service Bus] Quotas and limits of entities; a lock, a window.
const DURATIONS = { lockDuration: ['PT5S', 'PT5M'], duplicateDetection: ['PT20S', 'P7D'] } as const;
const MAX_DELIVERIES = 2_000;
const EXTERNAL = new Set<string>(['external', 'external queue', 'external topic']);

/** What is wrong with the entities that a binding declares, one line each. */
export function entityProblems(options: BindingOptions): string[] {
  const { entity, replyToEntity, sessions, subscription, replyTo } = options;
  const problems = [
    ...entityOptionsProblems('entity', entity, subscription === undefined ? QUEUE : SUBSCRIPTION),
    ...destinationProblems('replyToEntity', replyToEntity),
  ];
  if (replyToEntity !== undefined && replyTo === undefined) problems.push('replyToEntity needs replyTo');
  if (entity === undefined || entity === 'external') return problems;
  const { requiresSession } = entity;
  if (requiresSession === true && !sessions) {
    problems.push('entity.requiresSession is true, and it reads without sessions: add sessions: {}');
  }
  if (requiresSession === false && sessions) {
    problems.push('entity.requiresSession is false, and it reads with sessions: leave one of them out');
  }
  return problems;
}

/** The same for what is sent to, or that a feature declares beside its binding. */
export function destinationProblems(place: string, options: unknown): string[] {
  if (typeof options === 'string' && EXTERNAL.has(options)) return [];
  if (typeof options === 'string') {
    return [`${place} is ${options}, allowed are options, external, external queue or external topic`];
  }
  const kind: unknown = (options as { kind?: unknown } | null | undefined)?.kind;
  return [
    ...entityOptionsProblems(place, options, REPLY_TO),
    ...(kind === undefined || kind === 'queue' || kind === 'topic'
      ? []
      : [`${place}.kind is ${toText(kind)}, allowed is queue or topic`]),
  ];
}

function entityOptionsProblems(
  place: string,
  options: unknown,
  known: Readonly<Record<string, true>>,
): string[] {
  if (options === undefined || options === 'external') return [];
  if (typeof options !== 'object' || options === null) return [`${place} is neither options nor 'external'`];
  const entity: EntityOptions = options;
  const { rules = {}, topic } = entity;
  return [
    ...unknownOptions(entity, known, `${place}.`),
    ...unknownOptions(topic, TOPIC, `${place}.topic.`),
    ...settingProblems(place, entity),
    ...settingProblems(`${place}.topic`, topic ?? {}),
    ...Object.entries(rules).flatMap(([name, rule]) => ruleProblems(`${place}.rules.${name}`, rule)),
    ...(Object.keys(rules).length === 0 && entity.rules
      ? [`${place}.rules is empty, and nothing would arrive: leave it out for every message`]
      : []),
  ];
}

function settingProblems(place: string, entity: EntityOptions): string[] {
  const problems: string[] = [];
  for (const [name, [min, max]] of Object.entries(DURATIONS) as [
    keyof typeof DURATIONS,
    [string, string],
  ][]) {
    const value = entity[name];
    if (value === undefined || value === false) continue;
    const ms = isoDurationMs(String(value)) ?? NaN;
    const isWithin = ms >= (isoDurationMs(min) ?? 0) && ms <= (isoDurationMs(max) ?? 0);
    if (!isWithin) problems.push(`${place}.${name} is ${value}, allowed is a duration from ${min} to ${max}`);
  }
  const life = entity.defaultMessageTimeToLive;
  if (life !== undefined && !((isoDurationMs(String(life)) ?? 0) >= 1_000)) {
    problems.push(
      `${place}.defaultMessageTimeToLive is ${life}, allowed is a duration from PT1S, such as P14D`,
    );
  }
  checkInteger(problems, `${place}.maxDeliveryCount`, entity.maxDeliveryCount, 1, MAX_DELIVERIES);
  checkInteger(problems, `${place}.maxSizeInMegabytes`, entity.maxSizeInMegabytes, 1, 81_920);
  return problems;
}

function ruleProblems(place: string, rule: RuleOptions): string[] {
  if (typeof rule === 'string') return rule.trim() === '' ? [`${place} is empty`] : [];
  if ('sql' in rule) return unknownOptions(rule, SQL_RULE, `${place}.`);
  const { action: _, ...conditions } = rule;
  if (Object.keys(conditions).length === 0) return [`${place} names nothing that is to be equal`];
  return unknownOptions(rule, CORRELATION_RULE, `${place}.`);
}

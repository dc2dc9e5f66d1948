import { ModulesContainer } from '@nestjs/core';
import { type TestingModule } from '@nestjs/testing';
import { type Emulator, type Entities } from 'service-bus-emulator';

import { BindingRegistry } from '../binding/binding-registry.js';
import { HandlerDeclarations } from '../binding/handler-declarations.js';
import { ContractRegistry } from '../contract/contract-registry.js';
import { partsOf } from '../describe/application-parts.js';
import { wantedTopology } from '../describe/wanted-topology.js';
import { isoDurationMs } from '../time/iso-duration.js';
import { inOrder } from '../topology/model/plan.js';
import { type CorrelationConditions, readFilter } from '../topology/model/rule-filter.js';
import {
  type DesiredEntity,
  isInside,
  keyOf,
  nameEntity,
  type Settings,
} from '../topology/model/topology.js';

type Queue = Exclude<NonNullable<Entities['queues']>[number], string>;
type Topic = Exclude<NonNullable<Entities['topics']>[number], string>;
type Subscription = Exclude<NonNullable<Topic['subscriptions']>[number], string>;
type Rule = NonNullable<Subscription['rules']>[number];

const DURATIONS = ['lockDuration', 'defaultMessageTimeToLive', 'duplicateDetectionHistoryTimeWindow'];

/**
 * All that an application names of a namespace, with what it says of it, in an order in which it can be made.
 *
 * @throws ServiceBusConfigurationError where two places want different things of one entity
 */
export function declaredEntities(module: TestingModule, connection: string | undefined): DesiredEntity[] {
  const get = <Part>(token: abstract new (...args: never[]) => Part): Part =>
    module.get<Part>(token, { strict: false });
  get(HandlerDeclarations).declare();
  const sources = {
    modules: get(ModulesContainer),
    bindings: get(BindingRegistry),
    contracts: get(ContractRegistry),
  };
  return inOrder(wantedTopology(partsOf(sources, connection), false).entities);
}

/**
 * Makes those that the test has not made itself. What is sent to and may be either, is a queue.
 *
 * @param given by the test
 * @throws Error that names the entity and who uses it, where it cannot be made, or is given as something else
 */
export function makeEntities(
  emulator: Emulator,
  entities: readonly DesiredEntity[],
  given: Entities = {},
): void {
  const known = givenEntities(given);
  for (const entity of entities) {
    const name = `${nameEntity(entity)} (${entity.usedBy.join(', ')})`;
    const found = known.get(keyOf(entity.path));
    const difference = found && differenceOf(entity, found);
    if (difference !== undefined)
      throw new Error(`${name}: ${difference}: the test's option entities makes it`);
    if (entity.kind === 'rule' || found) continue;
    try {
      emulator.createEntities(toEmulator(entity, entities));
    } catch (error) {
      throw new Error(`${name} cannot be made: ${(error as Error).message}`, { cause: error });
    }
  }
}

interface GivenEntity {
  readonly kind: 'queue' | 'topic' | 'subscription';
  readonly requiresSession: boolean;
}

function givenEntities({ queues = [], topics = [] }: Entities): Map<string, GivenEntity> {
  const given = new Map<string, GivenEntity>();
  const add = (kind: GivenEntity['kind'], entry: string | Partial<Queue>, ...outer: string[]): string => {
    const { name = '', requiresSession = false } = typeof entry === 'string' ? { name: entry } : entry;
    given.set(keyOf([...outer, name]), { kind, requiresSession });
    return name;
  };
  for (const queue of queues) add('queue', queue);
  for (const topic of topics) {
    const name = add('topic', topic);
    const { subscriptions = [] } = typeof topic === 'string' ? {} : topic;
    for (const subscription of subscriptions) add('subscription', subscription, name);
  }
  return given;
}

/** What would only be seen by receivers that cannot receive. */
function differenceOf({ kind, settings }: DesiredEntity, found: GivenEntity): string | undefined {
  if (kind !== 'destination' && kind !== found.kind) return `it is a ${found.kind}`;
  const { requiresSession } = settings;
  if (requiresSession === undefined || requiresSession === found.requiresSession) return undefined;
  return `it has requiresSession: ${found.requiresSession}`;
}

function toEmulator({ kind, path, settings }: DesiredEntity, all: readonly DesiredEntity[]): Entities {
  const [first = '', second = ''] = path;
  const options = optionsOf(settings);
  if (kind === 'topic') return { topics: [{ name: first, ...options }] };
  if (kind !== 'subscription') return { queues: [{ name: first, ...options }] };
  const rules = all.filter((one) => one.kind === 'rule' && isInside(one.path, path)).map(ruleOf);
  const subscription = { name: second, ...options, ...(rules.length > 0 && { rules }) };
  return { topics: [{ name: first, subscriptions: [subscription] }] };
}

function optionsOf(settings: Settings): Partial<Queue> {
  const options = Object.entries(settings)
    .filter(([, value]) => value !== null)
    .map(([name, value]): [string, unknown] =>
      DURATIONS.includes(name) ? [`${name}Ms`, isoDurationMs(String(value))] : [name, value],
    );
  return Object.fromEntries(options);
}

function ruleOf({ path, settings: { filter, action } }: DesiredEntity): Rule {
  const parts = readFilter(String(filter));
  return {
    name: path.at(-1) ?? '',
    filter: 'sql' in parts ? { kind: 'sql', expression: parts.sql } : correlationOf(parts),
    ...(typeof action === 'string' && { action: { kind: 'sql', expression: action } }),
  };
}

function correlationOf({ subject, properties, ...system }: CorrelationConditions): Rule['filter'] {
  return {
    kind: 'correlation',
    ...system,
    ...(subject !== undefined && { label: subject }),
    ...(properties && { properties: new Map(Object.entries(properties)) }),
  };
}

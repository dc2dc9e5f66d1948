import { describe, expect, it } from '@jest/globals';

import { type BindingOptions } from '../../binding/binding.js';
import { resolveBinding } from '../../binding/resolve-binding.js';
import { ServiceBusConfigurationError } from '../../exceptions/service-bus-configuration.error.js';
import { type ApplicationEntities, desiredTopology } from './desired-topology.js';
import { describeChange, isDestructive, planTopology } from './plan.js';
import { correlationText, readFilter, ruleSettings } from './rule-filter.js';
import { nameEntity, type Topology, type TopologyEntity } from './topology.js';

type Bindings = Readonly<Record<string, BindingOptions>>;

function desired(bindings: Bindings, more: Partial<ApplicationEntities> = {}): Topology {
  return desiredTopology({
    bindings: Object.entries(bindings).map(([pattern, options]) => resolveBinding(pattern, options)),
    declared: [],
    used: [],
    ...more,
  });
}

function problemsOf(bindings: Bindings, more: Partial<ApplicationEntities> = {}): readonly string[] {
  try {
    desired(bindings, more);
  } catch (error) {
    if (error instanceof ServiceBusConfigurationError) return error.problems;
    throw error;
  }
  return [];
}

const named = (topology: Topology): string[] => topology.entities.map(nameEntity);
const settingsIn = (topology: Topology, name: string): unknown =>
  topology.entities.find((entity) => nameEntity(entity) === name)?.settings;

describe('what an application wants of a namespace', () => {
  it('has our recommendations as defaults: an input, and an output that detects duplicates', () => {
    const topology = desired({ orders: { replyTo: 'billing' } });
    const input = {
      lockDuration: 'PT5M',
      maxDeliveryCount: 50,
      requiresSession: false,
      defaultMessageTimeToLive: 'P14D',
      deadLetteringOnMessageExpiration: true,
      requiresDuplicateDetection: false,
      forwardTo: null,
      forwardDeadLetteredMessagesTo: null,
    };
    expect(settingsIn(topology, 'queue orders')).toEqual(input);
    expect(settingsIn(topology, 'queue billing')).toEqual({
      ...input,
      requiresDuplicateDetection: true,
      duplicateDetectionHistoryTimeWindow: 'PT1H',
    });
  });

  it('takes sessions and attempts from the binding, and what is said from the entity', () => {
    const retry = { maxAttempts: 4, exceptions: [{ type: TypeError, maxAttempts: 30 }] };
    const entity = {
      lockDuration: 'PT1M',
      duplicateDetection: 'PT10M',
      forwardDeadLettersTo: 'dead',
    } as const;
    const topology = desired({ orders: { sessions: {}, retry, entity } });
    expect(named(topology)).toEqual(['queue orders', 'queue dead']);
    expect(settingsIn(topology, 'queue orders')).toMatchObject({
      requiresSession: true,
      maxDeliveryCount: 300,
      lockDuration: 'PT1M',
      requiresDuplicateDetection: true,
      duplicateDetectionHistoryTimeWindow: 'PT10M',
      forwardDeadLetteredMessagesTo: 'dead',
    });
  });

  it('has topics, subscriptions and rules; says nothing of a topic that nobody describes', () => {
    const rules = { created: { subject: 'created' }, big: { sql: 'amount > 100', action: 'SET big = 1' } };
    const topology = desired({
      users: { topic: 'events', subscription: 'shop', entity: { rules } },
      audit: { topic: 'events', subscription: 'audit' },
      copies: { topic: 'copies', subscription: 'all', entity: { topic: {} }, replyTo: 'events' },
    });
    expect(named(topology)).toEqual([
      'topic events',
      'subscription events/shop',
      'rule events/shop/created',
      'rule events/shop/big',
      'subscription events/audit',
      'topic copies',
      'subscription copies/all',
    ]);
    expect(settingsIn(topology, 'rule events/shop/big')).toEqual({
      filter: 'amount > 100',
      action: 'SET big = 1',
    });
    // A result goes there, so duplicates are to be dropped.
    expect(settingsIn(topology, 'topic events')).toMatchObject({ requiresDuplicateDetection: true });
    expect(settingsIn(topology, 'subscription copies/all')).not.toHaveProperty('requiresDuplicateDetection');
    expect(settingsIn(desired({ a: { topic: 't', subscription: 's' } }), 'topic t')).toEqual({});
  });

  it('only looks for what is external, for dead letters, and for what is just sent to or received from', () => {
    const topology = desired(
      {
        orders: { entity: 'external', sessions: {}, replyTo: 'out', replyToEntity: 'external' },
        dead: { queue: 'old/$DeadLetterQueue' },
      },
      {
        used: [
          { kind: 'queue', path: ['in'], from: 'a receiver' },
          { kind: 'subscription', path: ['events', 'shop'], from: 'a receiver' },
          { kind: 'destination', path: ['ORDERS'], from: 'a sender' },
          { kind: 'destination', path: ['audit'], from: 'a sender' },
        ],
      },
    );
    expect(
      topology.entities.map(({ isOurs, settings, ...entity }) => [nameEntity(entity), isOurs, settings]),
    ).toEqual([
      ['queue orders', false, { requiresSession: true }],
      ['queue old', false, {}],
      ['queue or topic out', false, {}],
      ['queue in', false, {}],
      ['topic events', false, {}],
      ['subscription events/shop', false, {}],
      ['queue or topic audit', false, {}],
    ]);
    expect(topology.entities[0]?.usedBy).toEqual(['binding "orders"', 'a sender']);
  });

  it('refuses two wishes that contradict each other, a line each', () => {
    expect(
      problemsOf({
        a: { replyTo: 'out', replyToEntity: { lockDuration: 'PT1M' } },
        b: { replyTo: 'OUT', replyToEntity: { lockDuration: 'PT2M' } },
        out: { sessions: {} },
        c: { replyTo: 'out', replyToEntity: { requiresSession: false } },
      }),
    ).toEqual([
      'queue out: lockDuration is "PT1M" in binding "a" and "PT2M" in binding "b": keep one of them',
      'queue out: requiresSession is true in binding "out" and false in binding "c": keep one of them',
    ]);
    expect(
      problemsOf(
        { a: { queue: 'x' }, b: { queue: 'y', replyTo: 'z', replyToEntity: 'external' } },
        {
          declared: [
            { name: 'x', from: 'entities of forFeature', options: { kind: 'topic' } },
            { name: 'z', from: 'entities of forFeature', options: { lockDuration: 'PT1M' } },
          ],
        },
      ),
    ).toEqual([
      'x is a queue in binding "a" and a topic in entities of forFeature: ' +
        'read a subscription of the topic, or give one of them another name',
      'queue z: is external in binding "b", and entities of forFeature says what it is like: keep one of them',
    ]);
  });

  it('refuses options that no entity can have, with the binding and what is allowed', () => {
    const wrong = (options: BindingOptions): readonly string[] => problemsOf({ a: options });
    expect(wrong({ entity: { lockDuration: '5m', maxDeliveryCount: 0, lockduration: 1 } as object })).toEqual(
      [
        'binding "a": entity.lockduration is not known: did you mean entity.lockDuration?',
        'binding "a": entity.lockDuration is 5m, allowed is a duration from PT5S to PT5M',
        'binding "a": entity.maxDeliveryCount is 0, allowed is a whole number from 1 to 2000',
      ],
    );
    expect(wrong({ entity: { requiresSession: true } })).toEqual([
      'binding "a": entity.requiresSession is true, and it reads without sessions: add sessions: {}',
    ]);
    expect(
      wrong({
        topic: 't',
        subscription: 's',
        entity: { rules: { x: {}, y: '' }, duplicateDetection: 'PT1H' },
      }),
    ).toEqual([
      expect.stringContaining('binding "a": entity.duplicateDetection is not known'),
      'binding "a": entity.rules.x names nothing that is to be equal',
      'binding "a": entity.rules.y is empty',
    ]);
    expect(wrong({ replyToEntity: {} })).toEqual(['binding "a": replyToEntity needs replyTo']);
    expect(wrong({ replyTo: 'b', replyToEntity: { kind: 'subscription' as 'topic' } })).toEqual([
      'binding "a": replyToEntity.kind is subscription, allowed is queue or topic',
    ]);
    expect(wrong({ replyTo: 'b', replyToEntity: 'extern' as 'external' })).toEqual([
      'binding "a": replyToEntity is extern, allowed are options, external, external queue or external topic',
    ]);
  });
});

describe('the plan from what is there to what is wanted', () => {
  const wanted = desired({
    orders: { replyTo: 'billing', entity: { forwardDeadLettersTo: 'dead' } },
    users: { topic: 'events', subscription: 'shop', entity: { rules: { created: { subject: 'created' } } } },
  });
  const asWanted: readonly TopologyEntity[] = wanted.entities;
  const lines = (actual: readonly TopologyEntity[], of = wanted): string[] =>
    planTopology(of, actual).map(describeChange);
  const changed = (name: string, settings: TopologyEntity['settings']): TopologyEntity[] =>
    asWanted.map((entity) =>
      nameEntity(entity) === name ? { ...entity, settings: { ...entity.settings, ...settings } } : entity,
    );

  it('is empty for what is as it is wanted, in other words and in other case too', () => {
    expect(lines(asWanted)).toEqual([]);
    const spelled = changed('queue orders', {
      lockDuration: 'PT300S',
      forwardDeadLetteredMessagesTo: 'DEAD',
      forwardTo: '',
      somethingElse: 1,
    });
    expect(
      lines(spelled.map((entity) => ({ ...entity, path: entity.path.map((part) => part.toUpperCase()) }))),
    ).toEqual([]);
  });

  it('makes everything, what is forwarded to first', () => {
    expect(lines([])).toEqual([
      '+ create queue dead',
      '+ create queue orders',
      '+ create topic events',
      '+ create subscription events/shop',
      '+ create rule events/shop/created',
      '+ create queue billing',
    ]);
  });

  it('names each setting that has drifted', () => {
    expect(lines(changed('queue orders', { lockDuration: 'PT1M', forwardTo: 'elsewhere' }))).toEqual([
      '~ update queue orders: lockDuration PT1M → PT5M, forwardTo elsewhere → none',
    ]);
  });

  it('makes anew what cannot be changed, with what lies in it, and says what is lost', () => {
    const plan = planTopology(wanted, [
      ...changed('subscription events/shop', { requiresSession: true }),
      { kind: 'rule', path: ['events', 'shop', 'old'], settings: {} },
    ]);
    expect(plan.map(describeChange)).toEqual([
      '! recreate subscription events/shop, with the loss of its messages: requiresSession true → false',
      '+ create rule events/shop/created',
    ]);
    expect(plan.map(isDestructive)).toEqual([true, false]);
  });

  it('takes rules away that nobody declares, where some are declared', () => {
    const rule = {
      kind: 'rule',
      path: ['events', 'shop', '$Default'],
      settings: { filter: '1=1', action: null },
    } as const;
    expect(lines([...asWanted, rule])).toEqual(['- delete rule events/shop/$Default']);
    const open = desired({ users: { topic: 'events', subscription: 'shop' } });
    expect(lines([...open.entities, rule], open)).toEqual([]);
  });

  it('changes nothing that is not ours', () => {
    const external = desired(
      { orders: { entity: 'external' } },
      { used: [{ kind: 'destination', path: ['audit'], from: 'a sender' }] },
    );
    expect(lines([], external)).toEqual([
      '? queue orders is missing, and belongs to somebody else',
      '? queue or topic audit is missing, and belongs to somebody else',
    ]);
    const sessions: TopologyEntity = { kind: 'queue', path: ['orders'], settings: { requiresSession: true } };
    const audit: TopologyEntity = { kind: 'topic', path: ['audit'], settings: {} };
    expect(lines([sessions, audit], external)).toEqual([
      '? queue orders is not as it is used, and not ours to change: requiresSession true → false',
    ]);
    expect(lines([{ ...sessions, kind: 'topic' }, audit], external)).toEqual([
      '? queue orders is not as it is used, and not ours to change: kind topic → queue',
    ]);
  });
});

it('a correlation filter has one text, and can be taken apart', () => {
  const rule = { subject: 'created', correlationId: 'c', properties: { b: 1, a: true } } as const;
  const text = correlationText(rule);
  expect(text).toBe('{"correlationId":"c","subject":"created","properties":{"a":true,"b":1}}');
  expect(readFilter(text)).toEqual(rule);
  expect(readFilter('a = 1')).toEqual({ sql: 'a = 1' });
  expect(ruleSettings('a = 1')).toEqual({ filter: 'a = 1', action: null });
});

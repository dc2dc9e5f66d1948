import { type ServiceBusAdministrationClient } from '@azure/service-bus';

import { type Change } from '../model/plan.js';
import { type DesiredEntity, nameEntity, type Topology, type TopologyEntity } from '../model/topology.js';
import { settingsOf, settingsOfRule, toAction, toFilter, toProperties } from './entity-properties.js';
import { ask, DEFAULT_PATIENCE, type Patience } from './patience.js';

// Enough to be quick, too few to be throttled.
const AT_ONCE = 8;

/** Reads and changes the entities of a namespace, through the SDK's administration client. */
export class NamespaceAdministration {
  constructor(
    private readonly client: ServiceBusAdministrationClient,
    /** The namespace's host, for messages. */
    readonly host: string,
    private readonly patience: Patience = DEFAULT_PATIENCE,
  ) {}

  /** What there is of the entities that are asked for, with all rules of a subscription whose rules are. */
  async read({ entities }: Topology): Promise<TopologyEntity[]> {
    const found: TopologyEntity[][] = [];
    const queue = entities.filter(({ kind }) => kind !== 'rule');
    const ruled = new Set(
      entities
        .filter(({ kind }) => kind === 'rule')
        .map(({ path }) => path.slice(0, -1).join(' ').toLowerCase()),
    );
    const work = async (): Promise<void> => {
      for (let entity = queue.shift(); entity; entity = queue.shift()) {
        found.push(await this.readOne(entity, ruled.has(entity.path.join(' ').toLowerCase())));
      }
    };
    await Promise.all(Array.from({ length: AT_ONCE }, work));
    return found.flat();
  }

  /** Takes one step of a plan. `exists`: somebody else has made the entity in the meantime. */
  async perform(change: Change): Promise<'done' | 'exists'> {
    const { action, entity } = change;
    if (action === 'create') return this.create(entity);
    if (action === 'update') await this.update(entity);
    if (action === 'delete' || action === 'recreate') await this.delete(entity);
    return action === 'recreate' ? this.create(entity) : 'done';
  }

  private async readOne({ kind, path }: DesiredEntity, withRules: boolean): Promise<TopologyEntity[]> {
    if (kind === 'subscription') return this.readSubscription(path, withRules);
    const [name = ''] = path;
    // The two share their names: it may be of the other kind than it is taken for.
    const readers = [
      ['queue', () => this.client.getQueue(name)],
      ['topic', () => this.client.getTopic(name)],
    ] as const;
    for (const [actualKind, reader] of kind === 'topic' ? [...readers].reverse() : readers) {
      const properties = await this.ask<object>(`read ${nameEntity({ kind, path })}`, reader);
      if (typeof properties === 'object') {
        return [{ kind: actualKind, path: [name], settings: settingsOf(properties) }];
      }
    }
    return [];
  }

  private async readSubscription(path: readonly string[], withRules: boolean): Promise<TopologyEntity[]> {
    const [topic = '', name = ''] = path;
    const asked = `read subscription ${topic}/${name}`;
    const properties = await this.ask<object>(asked, () => this.client.getSubscription(topic, name));
    if (typeof properties !== 'object') return [];
    const subscription: TopologyEntity = { kind: 'subscription', path, settings: settingsOf(properties) };
    if (!withRules) return [subscription];
    const rules = await this.ask(asked, async () => {
      const all: TopologyEntity[] = [];
      for await (const rule of this.client.listRules(topic, name)) {
        all.push({ kind: 'rule', path: [...path, rule.name], settings: settingsOfRule(rule) });
      }
      return all;
    });
    return typeof rules === 'string' ? [] : [subscription, ...rules];
  }

  private async create(entity: TopologyEntity): Promise<'done' | 'exists'> {
    const answer = await this.ask(`create ${nameEntity(entity)}`, () => this.put(entity));
    return answer === 'exists' ? 'exists' : 'done';
  }

  private put({ kind, path, settings }: TopologyEntity): Promise<unknown> {
    const [name = '', subscription = '', rule = ''] = path;
    const properties = toProperties(settings);
    switch (kind) {
      case 'topic':
        return this.client.createTopic(name, properties);
      case 'subscription':
        return this.client.createSubscription(name, subscription, properties);
      case 'rule': {
        const [filter, action] = [toFilter(settings), toAction(settings)];
        return action
          ? this.client.createRule(name, subscription, rule, filter, action)
          : this.client.createRule(name, subscription, rule, filter);
      }
      case 'queue':
      case 'destination':
        return this.client.createQueue(name, properties);
    }
  }

  private async update(entity: TopologyEntity): Promise<void> {
    const { kind, path, settings } = entity;
    const [name = '', subscription = '', rule = ''] = path;
    const properties = toProperties(settings);
    // Read anew for each try: somebody else may change other settings of it at the same moment.
    await this.ask(`update ${nameEntity(entity)}`, async () => {
      switch (kind) {
        case 'topic':
          return this.client.updateTopic({ ...(await this.client.getTopic(name)), ...properties });
        case 'subscription': {
          const now = await this.client.getSubscription(name, subscription);
          return this.client.updateSubscription({ ...now, ...properties });
        }
        case 'rule': {
          const now = await this.client.getRule(name, subscription, rule);
          const changed = { ...now, filter: toFilter(settings), action: toAction(settings) ?? {} };
          return this.client.updateRule(name, subscription, changed);
        }
        case 'queue':
        case 'destination':
          return this.client.updateQueue({ ...(await this.client.getQueue(name)), ...properties });
      }
    });
  }

  /** What is missing by now counts as deleted. */
  private async delete(entity: TopologyEntity): Promise<void> {
    const { kind, path } = entity;
    const [name = '', subscription = '', rule = ''] = path;
    await this.ask<unknown>(`delete ${nameEntity(entity)}`, () => {
      switch (kind) {
        case 'topic':
          return this.client.deleteTopic(name);
        case 'subscription':
          return this.client.deleteSubscription(name, subscription);
        case 'rule':
          return this.client.deleteRule(name, subscription, rule);
        case 'queue':
        case 'destination':
          return this.client.deleteQueue(name);
      }
    });
  }

  private ask<Answer>(
    asked: string,
    operation: () => Promise<Answer>,
  ): Promise<Answer | 'missing' | 'exists'> {
    return ask(asked, this.host, this.patience, operation);
  }
}

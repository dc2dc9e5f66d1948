import { randomUUID } from 'node:crypto';

import {
  type CorrelationRuleFilter,
  type CreateQueueOptions,
  type CreateSubscriptionOptions,
  ServiceBusAdministrationClient,
  ServiceBusClient,
  type ServiceBusClientOptions,
  type SqlRuleFilter,
} from '@azure/service-bus';

import { type EmulatorOptions } from '../../src/index.js';
import { formatDuration } from '../../src/duration.js';

type Entities = NonNullable<EmulatorOptions['entities']>;
type Options = Readonly<Record<string, unknown>> & { readonly name: string };
type Rules = readonly { name: string; filter: object; action?: object }[];

/** The test needs the emulator's clock, its faults or a look into it: elsewhere it is left out. */
export class NeedsEmulator extends Error {
  override readonly name = 'NeedsEmulator';
}

/** The connection string of the namespace that the tests run against instead of an emulator in their process. */
export function chosenNamespace(): string | undefined {
  return process.env['CONFORMANCE_CONNECTION'];
}

// Whoever is killed before it can clean up leaves nothing for good.
const AUTO_DELETE = 'PT1H';

/** A namespace that is known by its connection string only, with entities of one scene's own. */
export class CloudNamespace {
  readonly #prefix = `${process.env['CONFORMANCE_PREFIX'] ?? 'conformance-'}${randomUUID().slice(0, 8)}-`;
  readonly #administration: ServiceBusAdministrationClient;
  readonly #created: (() => Promise<unknown>)[] = [];
  readonly #refused = new Set<string>();

  constructor(private readonly connectionString: string) {
    this.#administration = new ServiceBusAdministrationClient(connectionString);
  }

  get host(): string {
    return /Endpoint=sb:\/\/([^/:;]+)/.exec(this.connectionString)?.[1] ?? '';
  }

  /** What an entity of the scene is called here. @throws NeedsEmulator if the namespace has refused to create it */
  nameOf(entity: string): string {
    const [name = ''] = entity.split('/');
    if (this.#refused.has(name)) throw new NeedsEmulator(`'${name}', which the namespace refuses to create`);
    return this.#prefix + entity;
  }

  /** A client that knows the scene's entities by the names that the tests give them. */
  connect(options: ServiceBusClientOptions): ServiceBusClient {
    return withNames(new ServiceBusClient(this.connectionString, options), (entity) => this.nameOf(entity));
  }

  async create({ queues = [], topics = [] }: Entities): Promise<void> {
    for (const topic of topics.map(asOptions)) await this.#orRefused(topic, () => this.#createTopic(topic));
    for (const queue of inOrderOfForwarding(queues.map(asOptions))) {
      await this.#orRefused(queue, () => this.#createQueue(queue));
    }
    // Last: they may forward to queues, and queues to topics.
    for (const topic of topics.map(asOptions)) await this.#orRefused(topic, () => this.#subscribeAll(topic));
  }

  async #createQueue(queue: Options): Promise<void> {
    const name = this.nameOf(queue.name);
    const options = { autoDeleteOnIdle: AUTO_DELETE, ...this.#toCreate(queue) };
    await this.#administration.createQueue(name, options);
    this.#created.push(() => this.#administration.deleteQueue(name));
  }

  async #createTopic({ subscriptions: _subscriptions, ...topic }: Options): Promise<void> {
    const name = this.nameOf(topic.name);
    const options = { autoDeleteOnIdle: AUTO_DELETE, ...this.#toCreate(topic) };
    await this.#administration.createTopic(name, options);
    this.#created.push(() => this.#administration.deleteTopic(name));
  }

  async #subscribeAll({ name, subscriptions = [] }: Options): Promise<void> {
    for (const subscription of (subscriptions as readonly (string | Options)[]).map(asOptions)) {
      await this.#subscribe(this.nameOf(name), subscription);
    }
  }

  /** Goes on without an entity that the namespace refuses (its tier, say); tests that name it are left out. */
  async #orRefused({ name }: Options, create: () => Promise<void>): Promise<void> {
    try {
      await create();
    } catch (error) {
      const { statusCode, message } = error as { statusCode?: number; message: string };
      if (statusCode !== 400 && !(error instanceof NeedsEmulator)) throw error;
      this.#refused.add(name);
      process.stdout.write(`not created: ${name}: ${message}\n`);
    }
  }

  async #subscribe(topic: string, { rules, ...options }: Options): Promise<void> {
    await this.#administration.createSubscription(topic, options.name, this.#toCreate(options));
    if (!rules) return;
    await this.#administration.deleteRule(topic, options.name, '$Default');
    for (const { name, filter, action } of rules as Rules) {
      const parts = [toFilter(filter), ...(action ? [toFilter(action)] : [])] as [SqlRuleFilter];
      await this.#administration.createRule(topic, options.name, name, ...parts);
    }
  }

  /** Removes everything that was created; fails only after it has tried all. */
  async remove(): Promise<void> {
    const results = await Promise.allSettled(this.#created.splice(0).map((remove) => remove()));
    for (const result of results) if (result.status === 'rejected') throw result.reason;
  }

  /** Translates options of the emulator to those of the administration client. */
  #toCreate({ name: _name, ...options }: Options): CreateQueueOptions & CreateSubscriptionOptions {
    const translated = Object.entries(options).map(([key, value]) => {
      if (key.endsWith('Ms')) return [key.slice(0, -2), formatDuration(value as number)];
      if (key.startsWith('forward')) return [key, this.nameOf(value as string)];
      return [key, value];
    });
    return Object.fromEntries(translated) as CreateQueueOptions & CreateSubscriptionOptions;
  }
}

function asOptions(entry: string | object): Options {
  return (typeof entry === 'string' ? { name: entry } : entry) as Options;
}

/** The target of a forward has to be there before its source. */
function inOrderOfForwarding(entities: readonly Options[]): Options[] {
  const ordered: Options[] = [];
  const add = (entity: Options | undefined, path: readonly Options[]): void => {
    if (!entity || ordered.includes(entity) || path.includes(entity)) return;
    for (const target of [entity['forwardTo'], entity['forwardDeadLetteredMessagesTo']]) {
      add(
        entities.find(({ name }) => name === target),
        [...path, entity],
      );
    }
    ordered.push(entity);
  };
  for (const entity of entities) add(entity, []);
  return ordered;
}

function toFilter(filter: object): SqlRuleFilter | CorrelationRuleFilter {
  const { kind, expression, parameters, label, properties, ...fields } = filter as Record<string, unknown>;
  if (kind === 'true' || kind === 'false') return { sqlExpression: kind === 'true' ? '1=1' : '1=0' };
  if (kind === 'sql') {
    const values = parameters as Map<string, string> | undefined;
    return {
      sqlExpression: expression as string,
      ...(values && { sqlParameters: Object.fromEntries(values) }),
    };
  }
  return {
    ...fields,
    ...(label !== undefined && { subject: label as string }),
    ...(properties !== undefined && {
      applicationProperties: Object.fromEntries(properties as Map<string, string>),
    }),
  };
}

const NAMED = ['createSender', 'createReceiver', 'createRuleManager', 'acceptSession', 'acceptNextSession'];

function withNames(client: ServiceBusClient, nameOf: (entity: string) => string): ServiceBusClient {
  return new Proxy(client, {
    get: (target, property) => {
      const value: unknown = Reflect.get(target, property, target);
      if (typeof value !== 'function') return value;
      if (!NAMED.includes(property as string)) return value.bind(target) as unknown;
      return (entity: string, ...rest: unknown[]) =>
        (value as (...all: unknown[]) => unknown).call(target, nameOf(entity), ...rest);
    },
  });
}

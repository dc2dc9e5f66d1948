import { type TestingModule } from '@nestjs/testing';
import { type Emulator, type Entities } from 'service-bus-emulator';

import { type BoundEntities, boundEntities } from '../binding/bound-entities.js';
import { BindingRegistry } from '../binding/binding-registry.js';

/** What features declare, before the handlers are known. */
export function declaredEntities(module: TestingModule, connection: string | undefined): Entities {
  const registry = module.get(BindingRegistry, { strict: false });
  const bound = boundEntities(registry.declared().filter((binding) => binding.connection === connection));
  const senders = registry.usedEntities(connection).senders.map(({ entity }) => entity);
  const { queues = [], topics = [] } = entitiesOf(bound);
  const topicNames = new Set(bound.subscriptions.map(({ topic }) => topic.toLowerCase()));
  return { queues: [...queues, ...senders.filter((name) => !topicNames.has(name.toLowerCase()))], topics };
}

export function entitiesOf({ queues, subscriptions }: BoundEntities): Entities {
  return {
    queues: queues.map(({ name, requiresSession }) => ({ name, requiresSession })),
    topics: subscriptions.map(({ topic, subscription, requiresSession }) => ({
      name: topic,
      subscriptions: [{ name: subscription, requiresSession }],
    })),
  };
}

/** A queue of a name that a declared topic has is that topic: only senders name it. */
export function missingEntities({ queues = [], topics = [] }: Entities, emulator: Emulator): Entities {
  const known = new Set(emulator.entityNames.map((name) => name.toLowerCase()));
  const nameOf = (entry: string | { name: string }): string =>
    typeof entry === 'string' ? entry : entry.name;
  return { queues: queues.filter((entry) => !known.has(nameOf(entry).toLowerCase())), topics };
}

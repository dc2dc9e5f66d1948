import {
  desiredTopology,
  type DeclaredQueueOrTopic,
  type UsedEntity,
} from '../topology/model/desired-topology.js';
import { type Topology } from '../topology/model/topology.js';
import { type ApplicationParts } from './application-parts.js';

/** Whoever asked has given up by then: an answer that comes too late is no dead letter. */
const ANSWERS = {
  defaultMessageTimeToLive: 'P1D',
  deadLetteringOnMessageExpiration: false,
} as const;

/**
 * What an application wants of its namespace.
 *
 * @param recommends whether settings that the application leaves open are those that we recommend
 * @throws ServiceBusConfigurationError where two places want different things of one entity
 */
export function wantedTopology(parts: ApplicationParts, recommends = true): Topology {
  return desiredTopology({
    bindings: parts.bindings.map(({ binding }) => binding),
    declared: [...declaredBeside(parts)],
    used: [...usedBeside(parts)],
    recommends,
  });
}

/** Whether anybody says what an entity is like; else there is nothing that could be contradicted. */
export function declaresEntities({ bindings, declared, contracts, replyQueue }: ApplicationParts): boolean {
  const all = [
    ...bindings.flatMap(({ binding }) => [binding.declaredEntity, binding.declaredReplyTo]),
    ...declared.map(({ options }) => options),
    ...contracts.map(({ entity = {} }) => entity),
    replyQueue?.options ?? {},
  ];
  return all.some((options) => typeof options === 'string' || Object.keys(options).length > 0);
}

function* declaredBeside({
  declared,
  contracts,
  replyQueue,
}: ApplicationParts): Generator<DeclaredQueueOrTopic> {
  for (const one of declared) yield { ...one, from: 'entities of forFeature' };
  for (const { name: contract, destination: name, entity: options } of contracts) {
    if (name === undefined || options === undefined) continue;
    yield { name, options, from: `contract "${contract}"` };
  }
  if (!replyQueue) return;
  const { name, requiresSession, options } = replyQueue;
  yield { name, options, from: 'replyQueue of forRoot', reads: { requiresSession }, defaults: ANSWERS };
}

function* usedBeside({ receivers, senders, contracts, clients }: ApplicationParts): Generator<UsedEntity> {
  for (const { path } of receivers) {
    yield { kind: path.length > 1 ? 'subscription' : 'queue', path, from: 'a receiver' };
  }
  for (const { entity } of senders) yield { kind: 'destination', path: [entity], from: 'a sender' };
  for (const { name, destination, publishers } of contracts) {
    if (destination === undefined || publishers.length === 0) continue;
    yield { kind: 'destination', path: [destination], from: `contract "${name}"` };
  }
  for (const { name, queues, topics, replyQueue, requiresSession } of clients) {
    const from = `client "${name}"`;
    for (const queue of queues) yield { kind: 'queue', path: [queue], from };
    for (const topic of topics) yield { kind: 'topic', path: [topic], from };
    if (replyQueue === undefined) continue;
    yield { kind: 'queue', path: [replyQueue], from, reads: { requiresSession } };
  }
}

import { entityNotFound } from '../../model/broker-error.js';
import { type AdministrationAnswer, type AdministrationRequest } from './administration-request.js';
import { putQueue, queueEntry } from './queue-resource.js';
import { readDescription } from '../documents/read-description.js';
import { putTopic, topicEntry } from './topic-resource.js';

const QUEUE = 'QueueDescription';
const TOPIC = 'TopicDescription';

/** Queues and topics share one set of names: the path means whichever exists. @throws BrokerError not-found */
export function getEntity({ broker, host }: AdministrationRequest, name: string): AdministrationAnswer {
  const entity = broker.namespace.entity(name);
  if (!entity) throw entityNotFound(name);
  return {
    status: 200,
    document: entity.kind === 'queue' ? queueEntry(host, entity) : topicEntry(host, entity),
  };
}

/** Creates or updates the queue or topic that the body describes. @throws AdministrationError, BrokerError */
export function putEntity(request: AdministrationRequest, nowMs: number, name: string): AdministrationAnswer {
  const document = readDescription(request.body, QUEUE, TOPIC);
  return (document.name === QUEUE ? putQueue : putTopic)(request, nowMs, name, document);
}

/** @throws BrokerError not-found */
export function deleteEntity(
  { broker }: AdministrationRequest,
  nowMs: number,
  name: string,
): AdministrationAnswer {
  broker.namespace.deleteEntity(nowMs, name);
  return { status: 200 };
}

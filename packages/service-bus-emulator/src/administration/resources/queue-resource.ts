import { entityNotFound } from '../../model/broker-error.js';
import { describeQueue } from '../../model/entity/entity-description.js';
import { type QueueEntity } from '../../model/entity/queue-entity.js';
import { type AdministrationAnswer, type AdministrationRequest } from './administration-request.js';
import { assertForwarding } from './assert-forwarding.js';
import { assertEntityName } from './assert-name.js';
import { assertWithinLimits } from './assert-within-limits.js';
import { atomEntry, type Resource } from '../documents/atom.js';
import { changedDescription } from './changed-description.js';
import { listResources } from './list-resources.js';
import { withPartitions } from './partitions.js';
import { readQueue, writeQueue } from '../documents/queue-document.js';
import { type XmlElement } from '../xml/xml-element.js';

/** Creates or updates a queue. @throws AdministrationError, BrokerError */
export function putQueue(
  request: AdministrationRequest,
  nowMs: number,
  name: string,
  document: XmlElement,
): AdministrationAnswer {
  const { namespace } = request.broker;
  const options = readQueue(document, name);
  if (request.isUpdate) return updateQueue(request, nowMs, options);
  assertEntityName(name);
  const description = describeQueue(options, namespace.tier);
  assertWithinLimits(description, namespace.tier);
  assertForwarding(namespace, name, description);
  const queue = namespace.createQueue(nowMs, withPartitions(description));
  return { status: 201, document: queueEntry(request.host, queue) };
}

export function queueEntry(host: string, queue: QueueEntity): XmlElement {
  return atomEntry(host, toResource(host, queue));
}

export function listQueues(request: AdministrationRequest): AdministrationAnswer {
  const list = { title: 'Queues', path: '$Resources/Queues' };
  const queues = request.broker.namespace.queues();
  return listResources(
    request,
    list,
    queues,
    ({ description }) => description.name,
    (queue) => toResource(request.host, queue),
  );
}

function updateQueue(
  { broker, host }: AdministrationRequest,
  nowMs: number,
  options: ReturnType<typeof readQueue>,
): AdministrationAnswer {
  const queue = broker.namespace.entity(options.name);
  if (queue?.kind !== 'queue') throw entityNotFound(options.name);
  const { description: current } = queue;
  const description = changedDescription(current, { ...options, name: current.name });
  assertWithinLimits(description, broker.namespace.tier, current);
  assertForwarding(broker.namespace, current.name, description, current);
  queue.update(nowMs, description);
  return { status: 200, document: queueEntry(host, queue) };
}

function toResource(host: string, queue: QueueEntity): Resource {
  const { description, activity } = queue;
  return {
    path: description.name,
    title: description.name,
    publishedMs: activity.createdAtMs,
    updatedMs: activity.updatedAtMs,
    description: writeQueue(queue, host),
  };
}

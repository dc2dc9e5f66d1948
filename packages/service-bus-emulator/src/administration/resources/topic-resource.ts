import { entityNotFound } from '../../model/broker-error.js';
import { describeTopic } from '../../model/entity/entity-description.js';
import { type TopicEntity } from '../../model/entity/topic-entity.js';
import { type AdministrationAnswer, type AdministrationRequest } from './administration-request.js';
import { assertEntityName } from './assert-name.js';
import { assertWithinLimits } from './assert-within-limits.js';
import { atomEntry, type Resource } from '../documents/atom.js';
import { changedDescription } from './changed-description.js';
import { listResources } from './list-resources.js';
import { withPartitions } from './partitions.js';
import { readTopic, writeTopic } from '../documents/topic-document.js';
import { type XmlElement } from '../xml/xml-element.js';

/** Creates or updates a topic. @throws AdministrationError, BrokerError */
export function putTopic(
  request: AdministrationRequest,
  nowMs: number,
  name: string,
  document: XmlElement,
): AdministrationAnswer {
  const { namespace } = request.broker;
  const options = readTopic(document, name);
  if (request.isUpdate) return updateTopic(request, nowMs, options);
  assertEntityName(name);
  const description = describeTopic(options, namespace.tier);
  assertWithinLimits(description, namespace.tier);
  const topic = namespace.createTopic(nowMs, withPartitions(description));
  return { status: 201, document: topicEntry(request.host, topic) };
}

export function topicEntry(host: string, topic: TopicEntity): XmlElement {
  return atomEntry(host, toResource(topic));
}

export function listTopics(request: AdministrationRequest): AdministrationAnswer {
  const list = { title: 'Topics', path: '$Resources/Topics' };
  const topics = request.broker.namespace.topics();
  return listResources(request, list, topics, ({ description }) => description.name, toResource);
}

function updateTopic(
  { broker, host }: AdministrationRequest,
  nowMs: number,
  options: ReturnType<typeof readTopic>,
): AdministrationAnswer {
  const topic = broker.namespace.entity(options.name);
  if (topic?.kind !== 'topic') throw entityNotFound(options.name);
  const { description: current } = topic;
  const description = changedDescription(current, { ...options, name: current.name });
  assertWithinLimits(description, broker.namespace.tier, current);
  topic.update(nowMs, description);
  return { status: 200, document: topicEntry(host, topic) };
}

function toResource(topic: TopicEntity): Resource {
  const { description, activity } = topic;
  return {
    path: description.name,
    title: description.name,
    publishedMs: activity.createdAtMs,
    updatedMs: activity.updatedAtMs,
    description: writeTopic(topic),
  };
}

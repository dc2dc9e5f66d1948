import { AdministrationError } from './administration-error.js';
import { type AdministrationAnswer, type AdministrationRequest } from './resources/administration-request.js';
import { deleteEntity, getEntity, putEntity } from './resources/entity-resource.js';
import { getNamespaceInfo, getRoot } from './resources/namespace-info.js';
import { listQueues } from './resources/queue-resource.js';
import { deleteRule, getRule, listRules, putRule } from './resources/rule-resource.js';
import {
  deleteSubscription,
  getSubscription,
  listSubscriptions,
  putSubscription,
} from './resources/subscription-resource.js';
import { listTopics } from './resources/topic-resource.js';

type Actions = Partial<Record<string, () => AdministrationAnswer>>;

/** Carries out one request as one command of the broker. @throws AdministrationError, BrokerError */
export function handleRequest(request: AdministrationRequest): AdministrationAnswer {
  return request.broker.command((nowMs) => {
    const action = new Map(Object.entries(actionsOn(request, nowMs))).get(request.method);
    if (!action) throw new AdministrationError(405, `The method ${request.method} is not allowed here.`);
    return action();
  });
}

function actionsOn(request: AdministrationRequest, nowMs: number): Actions {
  const { path, broker } = request;
  switch (path.kind) {
    case 'root':
      return { GET: () => getRoot(request) };
    case 'namespace':
      return { GET: () => getNamespaceInfo(request) };
    case 'queues':
      return { GET: () => listQueues(request) };
    case 'topics':
      return { GET: () => listTopics(request) };
    case 'entity':
      return {
        GET: () => getEntity(request, path.name),
        PUT: () => putEntity(request, nowMs, path.name),
        DELETE: () => deleteEntity(request, nowMs, path.name),
      };
    case 'subscriptions':
      return { GET: () => listSubscriptions(request, path.topicName) };
    case 'subscription':
      return {
        GET: () => getSubscription(request, path.topicName, path.name),
        PUT: () => putSubscription(request, nowMs, path.topicName, path.name),
        DELETE: () => deleteSubscription(request, path.topicName, path.name),
      };
    case 'rules':
    case 'rule': {
      const subscription = broker.namespace.subscription(path.topicName, path.subscriptionName);
      if (path.kind === 'rules') return { GET: () => listRules(request, subscription) };
      return {
        GET: () => getRule(request, subscription, path.name),
        PUT: () => putRule(request, nowMs, subscription, path.name),
        DELETE: () => deleteRule(subscription, path.name),
      };
    }
  }
}

import { badRequest } from '../administration-error.js';

/** What a request's path means. */
export type ResourcePath =
  | { readonly kind: 'root' | 'namespace' | 'queues' | 'topics' }
  | { readonly kind: 'entity'; readonly name: string }
  | { readonly kind: 'subscriptions'; readonly topicName: string }
  | { readonly kind: 'subscription'; readonly topicName: string; readonly name: string }
  | { readonly kind: 'rules'; readonly topicName: string; readonly subscriptionName: string }
  | {
      readonly kind: 'rule';
      readonly topicName: string;
      readonly subscriptionName: string;
      readonly name: string;
    };

// The names of queues and topics may have slashes, those of subscriptions and rules have none.
const BELOW_TOPIC =
  /^(?<topicName>.+?)\/subscriptions(?:\/(?<subscriptionName>[^/]+)(?<rules>\/rules(?:\/(?<ruleName>[^/]+))?)?)?$/i;

/** Reads a path as it stands in the request line, without the query. @throws AdministrationError */
export function parseResourcePath(pathname: string): ResourcePath {
  const path = decode(pathname).replace(/^\/+|\/+$/g, '');
  const reserved = path.toLowerCase();
  if (reserved === '') return { kind: 'root' };
  if (reserved === '$namespaceinfo') return { kind: 'namespace' };
  if (reserved === '$resources/queues') return { kind: 'queues' };
  if (reserved === '$resources/topics') return { kind: 'topics' };
  const below = BELOW_TOPIC.exec(path)?.groups;
  if (!below) return { kind: 'entity', name: path };
  const { topicName = '', subscriptionName, rules, ruleName } = below;
  if (subscriptionName === undefined) return { kind: 'subscriptions', topicName };
  if (rules === undefined) return { kind: 'subscription', topicName, name: subscriptionName };
  if (ruleName === undefined) return { kind: 'rules', topicName, subscriptionName };
  return { kind: 'rule', topicName, subscriptionName, name: ruleName };
}

function decode(pathname: string): string {
  try {
    return decodeURIComponent(pathname);
  } catch {
    throw badRequest(`The path '${pathname}' has an escape that is not UTF-8.`);
  }
}

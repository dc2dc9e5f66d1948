import { parsePattern } from '../binding/pattern.js';
import { type ServiceBusClientProxyOptions } from './service-bus-client-proxy-options.js';

/** Where the messages of a pattern are sent. */
export interface Destination {
  /** A queue or a topic. */
  readonly entity: string;
  readonly subject?: string;
}

type DestinationOptions = Pick<ServiceBusClientProxyOptions, 'queue' | 'topic' | 'queues' | 'topics'>;

/**
 * Finds the entity of a pattern (a name, or `{ binding, subject }`): the one that it is mapped to, else the one for all
 * patterns, else the queue of the same name. Throws a ServiceBusConfigurationError for anything else.
 */
export function findDestination(pattern: unknown, options: DestinationOptions): Destination {
  const { binding, subject } = parsePattern(pattern);
  const mapped = ownValue(options.queues, binding) ?? ownValue(options.topics, binding);
  if (mapped !== undefined) return { entity: mapped, subject };
  const forAll = options.queue ?? options.topic;
  // If all patterns share an entity, the subject tells them apart.
  return forAll === undefined
    ? { entity: binding, subject }
    : { entity: forAll, subject: subject ?? binding };
}

function ownValue(map: Readonly<Record<string, string>> = {}, key: string): string | undefined {
  return Object.hasOwn(map, key) ? map[key] : undefined;
}

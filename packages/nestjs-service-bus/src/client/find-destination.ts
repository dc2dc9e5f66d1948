import { isObjectPattern, parsePattern } from '../binding/pattern.js';
import { ServiceBusConfigurationError } from '../exceptions/service-bus-configuration.error.js';
import { type ServiceBusClientProxyOptions } from './service-bus-client-proxy-options.js';

/** Where the messages of a pattern are sent. */
export interface Destination {
  /** A queue or a topic. */
  readonly entity: string;
  readonly subject?: string;
}

type DestinationOptions = Pick<ServiceBusClientProxyOptions, 'queue' | 'topic' | 'queues' | 'topics'>;

/**
 * Finds the entity of a pattern (a name, `{ binding, subject }`, or another object): the one that it is mapped to, else
 * the one for all patterns, else the queue of the same name. Throws a ServiceBusConfigurationError when there is none.
 */
export function findDestination(pattern: unknown, options: DestinationOptions): Destination {
  const { binding, subject } = parsePattern(pattern);
  const mapped = ownValue(options.queues, binding) ?? ownValue(options.topics, binding);
  if (mapped !== undefined) return { entity: mapped, subject };
  const forAll = options.queue ?? options.topic;
  if (forAll === undefined && isObjectPattern(binding)) {
    throw new ServiceBusConfigurationError([
      `the pattern ${binding} is no queue's name: map it by queues: { '${binding}': '…' }, ` +
        'or name a queue or topic for all patterns',
    ]);
  }
  // If all patterns share an entity, the subject tells them apart.
  return forAll === undefined
    ? { entity: binding, subject }
    : { entity: forAll, subject: subject ?? binding };
}

function ownValue(map: Readonly<Record<string, string>> = {}, key: string): string | undefined {
  return Object.hasOwn(map, key) ? map[key] : undefined;
}

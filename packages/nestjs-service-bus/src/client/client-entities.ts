import { namespaceOf } from '../sdk/index.js';
import { type ServiceBusClientProxyOptions } from './service-bus-client-proxy-options.js';

/** What a client proxy sends to and receives from, as far as its options name it. */
export interface ClientEntities {
  /** The host of its namespace. */
  readonly namespace: string;
  readonly queues: readonly string[];
  readonly topics: readonly string[];
  readonly replyQueue: string | undefined;
  /** Whether it reads the reply queue with a session of its own. */
  readonly requiresSession: boolean;
}

export function clientEntities(options: ServiceBusClientProxyOptions): ClientEntities {
  const { queue, topic, queues = {}, topics = {}, replyQueue, replyQueueRequiresSession = false } = options;
  const once = (names: readonly (string | undefined)[]): string[] => [
    ...new Set(names.filter((name) => name !== undefined)),
  ];
  return {
    namespace: hostOf(options),
    queues: once([queue, ...Object.values(queues)]),
    topics: once([topic, ...Object.values(topics)]),
    replyQueue,
    requiresSession: replyQueueRequiresSession,
  };
}

/** The host of a namespace, in one spelling, whichever way it is connected with. */
export function hostOf(options: unknown): string {
  const { connectionString, fullyQualifiedNamespace } = (options ?? {}) as Record<string, unknown>;
  if (typeof connectionString === 'string') return namespaceOf(connectionString);
  return namespaceOf(`Endpoint=sb://${String(fullyQualifiedNamespace)}`);
}

import { type ServiceBusClient } from '@azure/service-bus';

import { contextOf, eachConnection } from '../sdk-context.js';

/**
 * Switches off Nagle's algorithm on a client's connections: otherwise the second of two messages waits some 40 ms for
 * the broker's delayed acknowledgement of the first.
 */
export function sendAtOnce(client: ServiceBusClient): void {
  const context = contextOf(client);
  if (!context) return;
  eachConnection(context, ({ options }) => {
    // Read when it connects.
    if (options) options.tcp_no_delay = true;
  });
}

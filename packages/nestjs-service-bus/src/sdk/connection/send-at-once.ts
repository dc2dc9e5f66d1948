import { type ServiceBusClient } from '@azure/service-bus';

import { contextOf, eachConnection } from '../sdk-context.js';

/**
 * Keeps TCP from waiting for more to send (Nagle) on a client's connections: a message after another one would wait
 * for the broker's delayed acknowledgement of the first, some 40 ms.
 */
export function sendAtOnce(client: ServiceBusClient): void {
  const context = contextOf(client);
  if (!context) return;
  eachConnection(context, ({ options }) => {
    // Read when it connects.
    if (options) options.tcp_no_delay = true;
  });
}

import { ServiceBusClient } from '@azure/service-bus';

import { accept, type Order } from './order.js';
import { type Assignment, type Running } from './running.js';

/** The bare SDK with sessions, as in its samples: each is accepted, and its messages are taken one at a time. */
export async function start(assignment: Assignment): Promise<Running> {
  const { address, inputQueue, outputQueue, concurrency } = assignment;
  const client = new ServiceBusClient(address);
  const sender = client.createSender(outputQueue);
  const accepting = Array.from({ length: concurrency }, () => client.acceptNextSession(inputQueue));
  for (const receiver of await Promise.all(accepting)) {
    receiver.subscribe(
      {
        processMessage: async ({ body, messageId }) => {
          await sender.sendMessages({
            body: await accept(body as Order),
            contentType: 'application/json',
            correlationId: messageId,
          });
        },
        processError: ({ error }) => {
          console.error(error);
          return Promise.resolve();
        },
      },
      { maxConcurrentCalls: 1 },
    );
  }
  return client;
}

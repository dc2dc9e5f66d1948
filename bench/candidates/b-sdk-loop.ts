import { ServiceBusClient } from '@azure/service-bus';

import { accept, type Order } from './order.js';
import { type Assignment, type Running } from './running.js';

/** A loop on the bare SDK, as in its samples: subscribe, await the send, let the SDK complete. */
export function start({ address, inputQueue, outputQueue, concurrency }: Assignment): Promise<Running> {
  const client = new ServiceBusClient(address);
  const sender = client.createSender(outputQueue);
  const receiver = client.createReceiver(inputQueue);
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
    { maxConcurrentCalls: concurrency },
  );
  return Promise.resolve(client);
}

import { ServiceBusClient, type ServiceBusReceiverOptions } from '@azure/service-bus';

import { BatchedSender } from './batched-sender.js';
import { accept, type Order } from './order.js';
import { type Assignment, type Running } from './running.js';

/** A loop on the bare SDK with sends batched by hand; each message is completed once its result is accepted. */
export function startBatches(
  { address, inputQueue, outputQueue, concurrency }: Assignment,
  options: ServiceBusReceiverOptions,
): Running {
  const client = new ServiceBusClient(address);
  const sender = new BatchedSender(client.createSender(outputQueue));
  const receiver = client.createReceiver(inputQueue, options);
  receiver.subscribe(
    {
      processMessage: async (message) => {
        await sender.send({
          body: await accept(message.body as Order),
          contentType: 'application/json',
          correlationId: message.messageId,
        });
        await receiver.completeMessage(message);
      },
      processError: ({ error }) => {
        console.error(error);
        return Promise.resolve();
      },
    },
    { maxConcurrentCalls: concurrency, autoCompleteMessages: false },
  );
  return client;
}

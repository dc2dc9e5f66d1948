import { ServiceBusClient } from '@azure/service-bus';

import { connectionString } from './connection-string.js';

const count = Number(process.argv[2] ?? 60);
const client = new ServiceBusClient(connectionString);
for (const queue of ['invoices', 'mails']) {
  const messages = Array.from({ length: count }, (_none, index) => ({ body: { id: index + 1 } }));
  await client.createSender(queue).sendMessages(messages);
}
await client.close();

import { ServiceBusClient } from '@azure/service-bus';

import { connectionString } from './connection-string.js';

const client = new ServiceBusClient(connectionString);
await client
  .createSender('jobs')
  .sendMessages([
    { body: { id: 1, text: 'easy' } },
    { body: { id: 2, text: 'at last', isUnlucky: true } },
    { body: { id: 3 } },
  ]);
await client.close();

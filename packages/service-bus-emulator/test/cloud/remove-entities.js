// Removes the entities whose names begin with this prefix: what a run that was killed has left behind.
import { ServiceBusAdministrationClient } from '@azure/service-bus';

const { CONFORMANCE_CONNECTION: connection, CONFORMANCE_PREFIX: prefix } = process.env;
const administration = new ServiceBusAdministrationClient(connection);
let removed = 0;
for await (const { name } of administration.listQueues()) {
  if (!name.startsWith(prefix)) continue;
  await administration.deleteQueue(name);
  removed += 1;
}
for await (const { name } of administration.listTopics()) {
  if (!name.startsWith(prefix)) continue;
  await administration.deleteTopic(name);
  removed += 1;
}
if (removed > 0) process.stdout.write(`removed ${removed} entities that were left\n`);

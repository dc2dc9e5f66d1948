import { readFile, writeFile } from 'node:fs/promises';

// Nobody listens there: nothing of this asks a broker.
const NOWHERE = 'Endpoint=sb://127.0.0.1:1;SharedAccessKeyName=none;SharedAccessKey=none';

/** Has the command `nestjs-service-bus` describe the application of a module's file, and judge a change of it. */
export async function describeByCommand(project, file) {
  const command = project.path('node_modules/.bin/nestjs-service-bus');
  const run = (...args) => project.run(command, args, { env: { SB_CONNECTION: NOWHERE } });
  const described = await run('topology', 'describe', file);
  for (const line of [
    'orders: queue orders',
    '  OrdersController.take',
    'order-placed: queue order-placed',
  ]) {
    if (!described.includes(line)) throw new Error(`"${line}" is missing from:\n${described}`);
  }
  const config = JSON.parse(await run('topology', 'export', file, '--format', 'config'));
  const [{ Queues: queues }] = config.UserConfig.Namespaces;
  if (!queues.some(({ Name }) => Name === 'totals'))
    throw new Error('there is no queue totals in Config.json');

  const messages = project.path('messages.json');
  await run('asyncapi', file, '--output', messages);
  const unchanged = await run('contract', 'check', messages, file);
  if (unchanged !== 'nothing has changed\n') throw new Error(unchanged);
  const document = JSON.parse(await readFile(messages, 'utf8'));
  document.components.schemas.Order.properties.amount = { type: 'string' };
  await writeFile(messages, JSON.stringify(document));
  const breaking = await run('contract', 'check', messages, file).catch((error) => error.message);
  if (!/ ended with 2:\nbreaking .*payload.amount/.test(breaking)) throw new Error(breaking);
}

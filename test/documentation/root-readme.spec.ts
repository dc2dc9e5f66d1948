import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

import { ServiceBusClient } from '@azure/service-bus';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { startEmulator } from 'service-bus-emulator';

import { RepositoryCopy } from '../app/repository-copy.js';
import { type CodeBlock } from './read-markdown.js';
import { writeRootReadme } from './root-readme.js';
import { runJest, StartedProcess } from './started-process.js';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));
const APP_MODULE = 'src/app.module.ts';

// That it compiles is seen where all READMEs are compiled, in readme.spec.ts.
describe('the TypeScript in the README of the repository', () => {
  let directory: string;
  let copy: RepositoryCopy;
  let client: ServiceBusClient | undefined;
  let blocks: ReadonlyMap<string, CodeBlock>;
  const processes: StartedProcess[] = [];

  beforeAll(async () => {
    await mkdir(path.join(ROOT, 'dist'), { recursive: true });
    directory = await mkdtemp(path.join(ROOT, 'dist', 'documentation-'));
    blocks = await writeRootReadme(directory);
    copy = await RepositoryCopy.make();
  }, 60_000);

  afterAll(async () => {
    await client?.close();
    await Promise.all(processes.map((started) => started.stop()));
    await copy.close();
    await rm(directory, { recursive: true, force: true });
  });

  it('processes a message in an application of one file', async () => {
    const emulator = await startEmulator({
      port: 0,
      administrationPort: false,
      entities: { queues: ['orders'] },
    });
    client = new ServiceBusClient(emulator.connectionString);
    await client.createSender('orders').sendMessages({ body: { id: 7 } });
    const variables = { SB_CONNECTION: emulator.connectionString, TYPESCRIPT_CACHE: directory };
    const app = StartedProcess.program('app.ts', directory, variables);
    processes.push(app);
    await app.says('order 7 is processed');
    await app.stop();
    await client.close();
    await emulator.close();
  }, 120_000);

  it('passes as a test', async () => {
    expect(await runJest(directory)).toContain('PASS');
  }, 120_000);

  it('makes a feature by hand, whose message is processed on the embedded emulator', async () => {
    for (const [file, { text }] of blocks) {
      if (!file.startsWith('src/')) continue;
      await mkdir(path.dirname(copy.path(file)), { recursive: true });
      await writeFile(copy.path(file), text);
    }
    await copy.change(APP_MODULE, (text) =>
      `import { InvoicesModule } from './invoices/invoices.module.js';\n${text}`.replace(
        'imports: [',
        'imports: [InvoicesModule,',
      ),
    );
    const variables = {
      PORT: '0',
      EMULATOR_PORT: '0',
      EMULATOR_ADMIN_PORT: '0',
      TYPESCRIPT_CACHE: directory,
    };
    const loader = copy.path('test/support/typescript.js');
    const service = StartedProcess.start(
      process.execPath,
      ['--import', loader, copy.path('src/main.ts')],
      directory,
      variables,
    );
    processes.push(service);
    await service.says('ready after');
    const [connectionString = ''] = /Endpoint=\S+/.exec(service.output) ?? [];
    client = new ServiceBusClient(connectionString);
    await client.createSender('invoices-in').sendMessages({ body: { customer: 'Ada', amount: 42 } });
    const receiver = client.createReceiver('invoices-out', { receiveMode: 'receiveAndDelete' });
    const [booked] = await receiver.receiveMessages(1, { maxWaitTimeInMs: 30_000 });
    expect(booked?.body).toEqual({ booked: 42 });
  }, 240_000);
});

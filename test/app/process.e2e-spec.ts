import { ServiceBusClient } from '@azure/service-bus';
import { afterEach, describe, expect, it, jest } from '@jest/globals';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { STATUS_CODES } from 'node:http';
import { type AddressInfo, createServer, type Server } from 'node:net';

import { type Emulator } from 'service-bus-emulator';
import { APPS } from '../../src/config/index.js';
import { startTestEmulator } from '../support/start-emulator.js';
import { until } from '../support/until.js';
import { ServiceProcess } from './start-process.js';

jest.setTimeout(60_000);

interface OpenApiDocument {
  readonly info: { readonly version: string };
  readonly components: { readonly schemas: object };
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
}

interface Operation {
  readonly operationId: string;
  readonly responses: Readonly<Record<string, { readonly content?: Readonly<Record<string, MediaType>> }>>;
}

interface MediaType {
  readonly example?: { readonly statusCode: number; readonly error: string };
}

const QUEUES = { queues: ['counter-in', 'counter-out', 'relay-in', 'relay-out'] };

describe('the process', () => {
  const cleanUp: (() => Promise<unknown>)[] = [];
  afterEach(async () => {
    for (const close of cleanUp.splice(0).reverse()) await close();
  });

  async function start(
    variables: Readonly<Record<string, string>> = {},
    dotEnv?: string | null,
  ): Promise<ServiceProcess> {
    const service = await ServiceProcess.start(variables, dotEnv);
    cleanUp.push(() => service.close());
    return service;
  }

  async function startBroker(port = 0): Promise<Emulator> {
    const emulator = await startTestEmulator(QUEUES, { port });
    cleanUp.push(() => emulator.close());
    return emulator;
  }

  async function takePort(): Promise<{ server: Server; port: number }> {
    const server = createServer().listen(0, '127.0.0.1');
    await once(server, 'listening');
    cleanUp.push(() => once(server.close(), 'close'));
    return { server, port: (server.address() as AddressInfo).port };
  }

  const status = async (url: string): Promise<number> => (await fetch(url)).status;

  it('starts with a Service Bus of its own, and says where to go next', async () => {
    const service = await start({ COUNTER_OUT_QUEUE: 'results' });
    const url = await service.ready();
    const connectionString =
      /an emulator runs in this process: (Endpoint=\S+)/.exec(service.output)?.[1] ?? '';
    expect(service.output).toContain(`documentation ${url}/docs, health ${url}/health`);
    // One for each receiver that is connected by now, and one for what it reads.
    expect(service.output.trim().split('\n').length).toBeLessThanOrEqual(2 * APPS.length + 3);
    expect(service.errors).toBe('');
    await until(async () => (await status(`${url}/health`)) === 200);

    const client = new ServiceBusClient(connectionString);
    cleanUp.push(() => client.close());
    await client.createSender('counter-in').sendMessages({ body: { text: 'Hello world!' } });
    const [message] = await client.createReceiver('results').receiveMessages(1);
    expect(message?.body).toMatchObject({ words: 2 });
    await client.createSender('PyconLabQueue').sendMessages({ body: 'from Config.json' });

    expect((await fetch(`${url}/docs`)).headers.get('content-type')).toMatch(/^text\/html/);
    expect(await status(`${url}/docs/swagger-ui-bundle.js`)).toBe(200);
    expect(await (await fetch(url)).json()).toEqual({
      documentation: '/docs',
      health: '/health',
      desk: '/desk',
    });
    // Their outputs are pipes.
    expect(service.output).not.toContain('\x1b');
  });

  it('describes what it offers over HTTP', async () => {
    const service = await start();
    const url = await service.ready();
    const document = (await (await fetch(`${url}/docs-json`)).json()) as OpenApiDocument;
    const { version } = JSON.parse(await readFile('package.json', 'utf8')) as { version: string };
    expect(document.info.version).toBe(version);
    expect(Object.keys(document.components.schemas)).toEqual(['Error']);
    const operations = Object.entries(document.paths).flatMap(([at, methods]) =>
      Object.entries(methods).map(([method, operation]) => ({ at: `${method} ${at}`, ...operation })),
    );
    expect(Object.fromEntries(operations.map(({ at, operationId }) => [at, operationId]))).toEqual({
      'get /': 'startPage',
      'get /metrics': 'metrics',
      'get /health': 'health',
      'get /health/ready': 'healthReady',
      'get /health/live': 'healthLive',
      'post /send': 'send',
      'get /receive': 'receive',
      'get /peek': 'peek',
      'get /bindings': 'bindings',
      'post /bindings/{name}/pause': 'bindingsNamePause',
      'post /bindings/{name}/resume': 'bindingsNameResume',
    });
    const examples = operations.flatMap(({ responses }) =>
      Object.entries(responses).flatMap(([status, { content }]) => {
        const example = content?.['application/json']?.example;
        return example === undefined ? [] : [[Number(status), example.statusCode, example.error]];
      }),
    );
    expect(examples).toContainEqual([413, 413, 'Payload Too Large']);
    for (const [status, statusCode, error] of examples) {
      expect(statusCode).toBe(status);
      expect(error).toBe(STATUS_CODES[status as number]);
    }
  });

  it('warns of a variable that is misspelt, and of none that Kubernetes makes', async () => {
    const service = await start({ APPS: 'counter', COUNTER_QUEUE: 'work', COUNTER_SERVICE_HOST: '10.0.0.7' });
    await service.ready();
    expect(service.output + service.errors).toContain(
      'WARN [Configuration] COUNTER_QUEUE is not known: did you mean COUNTER_IN_QUEUE?',
    );
    expect(service.output + service.errors).not.toContain('COUNTER_SERVICE_HOST');
  });

  it('says in one line what a way to sign in lacks', async () => {
    const service = await start({
      SERVICE_BUS_NAMESPACE: 'lab.servicebus.windows.net',
      AZURE_TOKEN_CREDENTIALS: 'VisualStudioCodeCredential',
    });
    expect(await service.exit()).toBe(1);
    expect(service.errors).toBe(
      'VisualStudioCodeCredential needs the package @azure/identity-vscode, which is not installed: npm install @azure/identity-vscode@2\n',
    );
  });

  it('finishes what is in work when it is told to stop', async () => {
    const service = await start();
    const url = await service.ready();
    const received = fetch(`${url}/receive?idleTimeout=60&minMessages=2`).then((response) => response.json());
    expect((await fetch(`${url}/send`, { method: 'POST', body: 'Hello world!' })).status).toBe(200);
    await until(async () => ((await (await fetch(`${url}/peek`)).json()) as unknown[]).length === 1);
    service.signal('SIGTERM');
    expect(await received).toEqual(['Hello world!']);
    expect(await service.exit()).toBe(0);
  });

  it('exits at once on a second signal', async () => {
    const broker = await startBroker();
    const service = await start({ SB_CONNECTION: broker.connectionString, APPS: 'counter' });
    const url = await service.ready();
    await until(async () => (await status(`${url}/health`)) === 200);
    const client = new ServiceBusClient(broker.connectionString, {
      retryOptions: { timeoutInMs: 2_000, maxRetries: 0 },
    });
    cleanUp.push(() => client.close());
    const sender = client.createSender('counter-in');
    await sender.sendMessages({ body: { text: 'one' } });
    await until(() => broker.entity('counter-in').messageCount === 0);
    // A message that cannot be settled keeps the drain waiting. (Its sender gets no answer either.)
    broker.faults.delayAnswers(600_000, 'counter-in');
    sender.sendMessages({ body: { text: 'two' } }).catch(() => undefined);
    await until(() => broker.entity('counter-out').counts.active === 2);
    service.signal('SIGINT');
    await until(() => service.output.includes('SIGINT: finishing'));
    await until(async () => (await status(`${url}/health/ready`)) === 503);
    expect(await status(`${url}/health/live`)).toBe(200);
    let code: number | null = null;
    void service.exit().then((exitCode) => (code = exitCode));
    // A signal within 250 ms counts as the echo of the first one.
    await until(() => {
      service.signal('SIGINT');
      return code !== null;
    });
    expect(code).toBe(130);
  });

  it('waits for a broker that is away at the start', async () => {
    const { server, port } = await takePort();
    server.close();
    const connection = `Endpoint=sb://127.0.0.1:${port};SharedAccessKeyName=RootManageSharedAccessKey;SharedAccessKey=SAS_KEY_VALUE;UseDevelopmentEmulator=true`;
    const service = await start({ SB_CONNECTION: connection, APPS: 'counter,relay' });
    const url = await service.ready();
    expect(service.output).not.toContain('emulator');
    expect(await status(`${url}/health/live`)).toBe(200);
    expect(await status(`${url}/health/ready`)).toBe(503);
    await startBroker(port);
    await until(async () => (await status(`${url}/health/ready`)) === 200);
    expect(await status(`${url}/health/live`)).toBe(200);
  });

  it.each(['PORT', 'EMULATOR_PORT', 'EMULATOR_ADMIN_PORT'])(
    'names %s when that port is taken',
    async (variable) => {
      const { port } = await takePort();
      const service = await start({ [variable]: String(port) });
      expect(await service.exit()).toBe(1);
      expect(service.errors).toBe(
        `${variable}=${port}: the port is taken, set ${variable} to another one or to 0 for a free one\n`,
      );
    },
  );

  it('names every variable that is wrong, a line for each, and shows no secret', async () => {
    const service = await start({ SB_CONNECTION: 'SharedAccessKey=c2VjcmV0', PORT: 'http' });
    expect(await service.exit()).toBe(1);
    expect(service.errors.split('\n')).toEqual([
      expect.stringMatching(/^SB_CONNECTION=\(not shown\): must be /),
      expect.stringMatching(/^PORT="http": must be /),
      '',
    ]);
    expect(service.output + service.errors).not.toContain('c2VjcmV0');
  });

  it.each([
    [{ HOST: 'fe80::1' }, 'HOST=fe80::1: this machine has no such address'],
    [{ COUNTER_IN_QUEUE: 'a//b' }, 'COUNTER_IN_QUEUE="a//b": must be a queue: '],
    [
      { COUNTER_IN_QUEUE: 'a/Subscriptions/b' },
      "the emulator does not have all queues that are configured: The name 'a/Subscriptions/b' cannot be used: ",
    ],
    [
      {
        SERVICE_BUS_NAMESPACE: 'x.servicebus.windows.net',
        SERVICE_BUS_SIGN_IN: 'browser',
        AZURE_TENANT_ID: 'a b',
      },
      'AZURE_TENANT_ID="a b": must be a tenant\'s id or domain name',
    ],
  ])('tells what is wrong with %j in one line', async (variables, line) => {
    const service = await start(variables);
    expect(await service.exit()).toBe(1);
    expect(service.errors.startsWith(line)).toBe(true);
    expect(service.errors.trim().split('\n')).toHaveLength(1);
  });

  it('tells of an .env that cannot be read', async () => {
    const service = await start({}, null);
    expect(await service.exit()).toBe(1);
    expect(service.errors).toMatch(/^\.env: must be a file that can be read \(\w+\)\n$/);
  });

  it('has no Service Bus of its own in production', async () => {
    const service = await start({ NODE_ENV: 'production', HTTP_AUTH: 'none' });
    expect(await service.exit()).toBe(1);
    expect(service.errors).toBe('SB_CONNECTION or SERVICE_BUS_NAMESPACE is required\n');
  });

  it('reads .env, and puts the environment above it', async () => {
    const service = await start({ LOG_LEVEL: 'info' }, 'LOG_LEVEL=loud\nAPPS=no-such-app\n');
    expect(await service.exit()).toBe(1);
    expect(service.errors).toBe(`APPS="no-such-app": must be some of ${APPS.join(',')}\n`);
  });
});

import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type INestApplicationContext, Controller, Module, type Type } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { type Emulator, startEmulator } from 'service-bus-emulator';

import { runCommand } from '../src/command/run.js';
import { runTopology } from '../src/command/topology-command.js';
import { ServiceBusEventHandler, ServiceBusHandler, ServiceBusModule } from '../src/index.js';

@Controller()
class ShopController {
  @ServiceBusHandler({
    queue: 'orders',
    replyTo: 'billing',
    maxConcurrentCalls: 32,
    entity: { forwardDeadLettersTo: 'dead' },
  })
  place(): void {}

  @ServiceBusEventHandler({
    topic: 'events',
    subscription: 'shop',
    sessions: { maxConcurrentSessions: 3 },
    entity: {
      rules: {
        created: { subject: 'created', properties: { shop: "Ada's" } },
        big: { sql: 'amount > 100', action: 'SET big = 1' },
      },
    },
  })
  created(): void {}
}

interface Ran {
  readonly code: number;
  readonly output: string;
  readonly errors: string;
}

async function runOn(module: Type, args: readonly string[]): Promise<Ran> {
  let [output, errors] = ['', ''];
  const streams = {
    output: { write: (text: string) => (output += text) },
    errors: { write: (text: string) => (errors += text) },
  };
  const strategy = { listen: (done: () => void) => done(), close: () => undefined };
  const load = (): Promise<INestApplicationContext> =>
    NestFactory.createMicroservice(module, { strategy, logger: false, abortOnError: false });
  const code = await runTopology(args, streams, load);
  return { code, output, errors };
}

describe('the command topology', () => {
  let emulator: Emulator;
  beforeAll(async () => {
    emulator = await startEmulator({ port: 0, administrationPort: false });
  });
  afterAll(() => emulator.close());

  async function run(...args: string[]): Promise<Ran> {
    @Module({
      imports: [
        ServiceBusModule.forRoot({ connectionString: emulator.connectionString }),
        ServiceBusModule.forFeature({ senders: ['billing'] }),
      ],
      controllers: [ShopController],
    })
    class AppModule {}
    return runOn(AppModule, args);
  }

  it('plans, applies, verifies: a plan after apply is empty, and drift is named with exit code 2', async () => {
    const plan = await run('plan', 'app.js');
    expect(plan.output.split('\n')).toContain('+ create queue orders');
    expect(await run('verify', 'app.js')).toMatchObject({ code: 2, output: plan.output });
    const applied = await run('apply', 'app.js');
    expect(applied).toMatchObject({ code: 0, errors: '' });
    expect(applied.output.split('\n').sort()).toEqual(plan.output.split('\n').sort());
    expect((await run('plan', 'app.js')).output).toBe('nothing to do\n');
    expect(await run('apply', 'app.js')).toEqual({ code: 0, output: 'nothing to do\n', errors: '' });
    expect(await run('verify', 'app.js')).toMatchObject({ code: 0 });
  });

  it('exports what describes the same entities, in every form', async () => {
    const exported = async (format: string): Promise<string> =>
      (await run('export', 'app.js', '--format', format, '--name', 'shop')).output;
    const bicep = await exported('bicep');
    expect(bicep).toContain(
      "resource queue1 'Microsoft.ServiceBus/namespaces/queues@2024-01-01' = {\n  parent: namespace\n",
    );
    expect(bicep).toContain("    lockDuration: 'PT5M'\n    maxDeliveryCount: 50\n");
    expect(bicep).toContain("        shop: 'Ada\\'s'\n");
    expect(await exported('terraform')).toContain(
      '  correlation_filter {\n    label = "created"\n    properties = {\n      "shop" = "Ada\'s"\n',
    );
    const az = (await exported('az')).split('\n');
    expect(az).toContainEqual(
      expect.stringMatching(/^az servicebus queue create .* --name orders --lock-duration PT5M /),
    );
    expect(az).toContainEqual(expect.stringContaining("--correlation-filter-property 'shop=Ada'\\''s'"));
    const config = JSON.parse(await exported('config')) as object;
    expect(config).toMatchObject({
      UserConfig: {
        Namespaces: [
          {
            Queues: expect.arrayContaining([
              {
                Name: 'billing',
                Properties: expect.objectContaining({
                  MaxDeliveryCount: 10,
                  DuplicateDetectionHistoryTimeWindow: 'PT5M',
                }),
              },
            ]),
            Topics: [
              {
                Name: 'events',
                Subscriptions: [{ Name: 'shop', Rules: [{ Name: 'created' }, { Name: 'big' }] }],
              },
            ],
          },
        ],
      },
    });
    expect(JSON.parse(await exported('keda'))).toMatchObject({
      metadata: { name: 'shop' },
      spec: {
        triggers: [
          { metadata: { queueName: 'orders', messageCount: '10' } },
          { metadata: { topicName: 'events', subscriptionName: 'shop', messageCount: '1' } },
        ],
      },
    });
    const roles = await exported('roles');
    expect(roles.match(/^resource (receiver|sender)\d/gm)).toEqual([
      'resource receiver1',
      'resource receiver2',
      'resource sender3',
      'resource sender4',
    ]);
  });

  it('says what is wrong in one line', async () => {
    await expect(run('describe', 'app.js', '--format', 'xml')).rejects.toThrow(
      '--format xml is not known, known are text, json, mermaid',
    );
    let errors = '';
    const streams = { output: { write: () => true }, errors: { write: (text: string) => (errors += text) } };
    expect(await runCommand(['topology', 'describe', 'nowhere.js'], streams)).toBe(1);
    expect(errors).toMatch(/^there is no file .*nowhere\.js: name the one that exports the root module\n$/);
    expect((await run('describe', 'app.js', '--format', 'json')).output).toContain('"name": "events/shop"');
  });
});

@Controller()
class TwoController {
  @ServiceBusEventHandler({ queue: 'orders' })
  place(): void {}

  @ServiceBusEventHandler({ connection: 'reports', queue: 'orders', entity: { requiresSession: false } })
  count(): void {}

  @ServiceBusEventHandler({ connection: 'reports', queue: 'monthly' })
  print(): void {}
}

describe('the command topology, of an application with two namespaces', () => {
  let emulators: Emulator[];
  beforeAll(async () => {
    emulators = await Promise.all([0, 1].map(() => startEmulator({ port: 0, administrationPort: false })));
  });
  afterAll(() => Promise.all(emulators.map((emulator) => emulator.close())));

  async function run(...args: string[]): Promise<Ran> {
    const [shop = '', reports = ''] = emulators.map(({ connectionString }) => connectionString);
    @Module({
      imports: [
        ServiceBusModule.forRoot({ connectionString: shop }),
        ServiceBusModule.forRoot({ name: 'reports', connectionString: reports }),
        ServiceBusModule.forFeature({ connection: 'reports', senders: ['printer'] }),
      ],
      controllers: [TwoController],
    })
    class AppModule {}
    return runOn(AppModule, args);
  }

  it('goes through both, under a heading each, and makes in each what is its own', async () => {
    const { output } = await run('plan', 'app.js');
    const [shop = '', reports = ''] = output.split('\n\n');
    expect(shop).toMatch(/^# the connection without a name, 127\.0\.0\.1:\d+\n\+ create queue orders$/);
    expect(reports).toMatch(/^# the connection "reports", 127\.0\.0\.1:\d+\n/);
    expect(reports).toContain('+ create queue monthly\n');
    expect(reports).toContain('+ create queue orders\n');
    await run('apply', 'app.js');
    expect(emulators.map(({ entityNames }) => [...entityNames].sort())).toEqual([
      ['orders'],
      ['monthly', 'orders'],
    ]);
  });

  it('is about one of them with --connection', async () => {
    expect(await run('verify', 'app.js', '--connection', 'default')).toEqual({
      code: 0,
      output: 'the namespace is as it is wanted\n',
      errors: '',
    });
    // Nobody says of "printer" whether it is a queue or a topic.
    expect(await run('verify', 'app.js', '--connection', 'reports')).toMatchObject({ code: 2 });
    expect((await run('verify', 'app.js')).code).toBe(2);
    const { output } = await run('export', 'app.js', '--format', 'config', '--connection', 'reports');
    expect(JSON.parse(output)).toBeDefined();
    expect(output).toContain('monthly');
    const shop = await run('export', 'app.js', '--format', 'config', '--connection', 'default');
    expect(shop.output).not.toContain('monthly');
    const described = await run('describe', 'app.js', '--connection', 'default');
    expect(described.output).toContain('orders: queue orders');
    expect(described.output).not.toContain('reports');
  });

  it('asks which one where two documents would be one', async () => {
    const which = 'the application has 2 namespaces: add --connection default or --connection reports';
    await expect(run('export', 'app.js')).rejects.toThrow(which);
    await expect(run('describe', 'app.js', '--format', 'json')).rejects.toThrow(which);
    await expect(run('plan', 'app.js', '--connection', 'reprots')).rejects.toThrow('did you mean "reports"?');
  });
});

import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type INestApplicationContext, Controller, Module } from '@nestjs/common';
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

describe('the command topology', () => {
  let emulator: Emulator;
  beforeAll(async () => {
    emulator = await startEmulator({ port: 0, administrationPort: false });
  });
  afterAll(() => emulator.close());

  async function run(...args: string[]): Promise<{ code: number; output: string; errors: string }> {
    @Module({
      imports: [
        ServiceBusModule.forRoot({ connectionString: emulator.connectionString }),
        ServiceBusModule.forFeature({ senders: ['billing'] }),
      ],
      controllers: [ShopController],
    })
    class AppModule {}
    let [output, errors] = ['', ''];
    const streams = {
      output: { write: (text: string) => (output += text) },
      errors: { write: (text: string) => (errors += text) },
    };
    const strategy = { listen: (done: () => void) => done(), close: () => undefined };
    const load = (): Promise<INestApplicationContext> =>
      NestFactory.createMicroservice(AppModule, { strategy, logger: false, abortOnError: false });
    const code = await runTopology(args, streams, load);
    return { code, output, errors };
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

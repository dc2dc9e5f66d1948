import { describe, expect, it } from '@jest/globals';
import { Controller, type DynamicModule, Injectable, type Type } from '@nestjs/common';
import { Test } from '@nestjs/testing';

import {
  describeApplication,
  describeMessages,
  InjectServiceBusClient,
  ServiceBusConfigurationError,
  type ServiceBusFeatureAsyncOptions,
  ServiceBusEventHandler,
  ServiceBusHealthIndicator,
  ServiceBusModule,
  type ServiceBusModuleOptions,
  ServiceBusServer,
} from '../src/index.js';

// Nobody listens there: no mistake needs a broker to be found.
const nowhere = (port: number): string =>
  `Endpoint=sb://127.0.0.1:${port};SharedAccessKeyName=name;SharedAccessKey=secret;UseDevelopmentEmulator=true;`;
const root = (name?: string, port = 1): DynamicModule =>
  ServiceBusModule.forRoot({ ...(name !== undefined && { name }), connectionString: nowhere(port) });
const feature = (options: object): DynamicModule => ServiceBusModule.forFeature(options);

interface Setup {
  readonly imports: DynamicModule[];
  readonly controllers?: Type[];
  readonly providers?: Type[];
}

async function problemsOf({ imports, controllers = [], providers = [] }: Setup): Promise<string[]> {
  try {
    const module = await Test.createTestingModule({ imports, controllers, providers }).compile();
    const app = module.createNestApplication({ logger: false });
    try {
      app.connectMicroservice({ strategy: app.get(ServiceBusServer) });
      await app.init();
      await app.startAllMicroservices();
    } finally {
      await app.close();
    }
  } catch (error) {
    if (error instanceof ServiceBusConfigurationError) return [...error.problems];
    throw error;
  }
  return [];
}

@Controller()
class ReportsController {
  @ServiceBusEventHandler({ connection: 'reports', queue: 'monthly' })
  print(): void {}
}

@Controller()
class MisspeltController {
  @ServiceBusEventHandler({ connection: 'reprots', queue: 'monthly' })
  print(): void {}
}

describe('the document of messages', () => {
  it('has a channel for each of two queues of one name', async () => {
    @Controller()
    class BothController {
      @ServiceBusEventHandler({ queue: 'monthly' })
      take(): void {}
    }
    const imports = [root(), root('reports')];
    const controllers = [BothController, ReportsController];
    const module = await Test.createTestingModule({ imports, controllers }).compile();
    const document = await describeMessages(module);
    expect(document.channels).toMatchObject({
      monthly: { address: 'monthly' },
      'reports.monthly': { address: 'monthly', 'x-connection': 'reports' },
    });
    expect(document.channels['monthly']).not.toHaveProperty('x-connection');
    const one = describeApplication(module, 'reports');
    expect(one.bindings.map(({ pattern }) => pattern)).toEqual(['reports:monthly']);
    expect(describeApplication(module).bindings.map(({ pattern }) => pattern)).toEqual(['monthly']);
    expect(() => describeApplication(module, 'reprots')).toThrow('did you mean "reports"?');
    await module.close();
  });
});

describe('a mistake with connections stops the start, and its line has the remedy', () => {
  const both = 'there is the one without a name and "reports"';

  it('two of one name: both namespaces are named', async () => {
    const imports = [root(), root('reports'), root('reports', 2)];
    expect(await problemsOf({ imports, controllers: [ReportsController] })).toEqual([
      'ServiceBusModule.forRoot is imported 2 times for the connection "reports", for 127.0.0.1:1 and 127.0.0.1:2: ' +
        'keep the one in the root module, features use forFeature; ' +
        "a second namespace has a name of its own, forRoot({ name: '…' })",
    ]);
  });

  it('two without a name, of which one says default', async () => {
    const [line] = await problemsOf({ imports: [root(), root('default', 2)] });
    expect(line).toMatch(/^ServiceBusModule.forRoot is imported 2 times, for 127.0.0.1:1 and 127.0.0.1:2: /);
  });

  it('a name that is not there, at a handler, a binding, a sender and a receiver', async () => {
    const imports = [root(), root('reports')];
    const line = (by: string): string =>
      `${by} names the connection "reprots", and no forRoot has that name, ${both}: did you mean "reports"?`;
    expect(await problemsOf({ imports, controllers: [MisspeltController] })).toEqual([
      line('binding "reprots:monthly"'),
    ]);
    const wrong = (options: object): Setup => ({
      imports: [...imports, feature({ connection: 'reprots', ...options })],
      controllers: [ReportsController],
    });
    expect(await problemsOf(wrong({ pattern: 'reports:monthly' }))).toEqual([
      line('binding "reports:monthly"'),
      'binding "reports:monthly": connection is "reprots" in forFeature and "reports" in ReportsController.print: ' +
        'keep one of them',
    ]);
    expect(await problemsOf(wrong({ senders: ['out'] }))).toEqual([line('the sender "out"')]);
    expect(await problemsOf(wrong({ receivers: ['in'] }))).toEqual([line('the receiver "in"')]);
    expect(await problemsOf(wrong({ entities: { other: {} } }))).toEqual([line('forFeature')]);
  });

  it('a name that is like no other', async () => {
    const imports = [root(), feature({ connection: 'billing', senders: ['out'] })];
    expect(await problemsOf({ imports })).toEqual([
      'the sender "out" names the connection "billing", and no forRoot has that name, there is the one without a name: ' +
        "add ServiceBusModule.forRoot({ name: 'billing', … })",
    ]);
  });

  it('what names none, where each has a name', async () => {
    @Controller()
    class OrdersController {
      @ServiceBusEventHandler({ queue: 'orders' })
      take(): void {}
    }
    const line = (by: string): string =>
      `${by} names no connection, and each forRoot has a name: add connection: '…', there is "reports" and "shop"`;
    const imports = [root('reports'), root('shop')];
    expect(await problemsOf({ imports, controllers: [OrdersController] })).toEqual([
      line('binding "orders"'),
    ]);
    expect(await problemsOf({ imports: [...imports, feature({ senders: ['out'] })] })).toEqual([
      line('the sender "out"'),
    ]);
  });

  it('no forRoot at all', async () => {
    await expect(
      Test.createTestingModule({ imports: [feature({ connection: 'reports', senders: ['out'] })] }).compile(),
    ).rejects.toThrow("add ServiceBusModule.forRoot({ name: 'reports', connectionString: … })");
  });

  it('a client that is injected by a name that is not there: Nest’s line says where it would come from', async () => {
    @Injectable()
    class Printing {
      constructor(@InjectServiceBusClient('reprots') readonly client: unknown) {}
    }
    await expect(problemsOf({ imports: [root('reports')], providers: [Printing] })).rejects.toThrow(
      "ServiceBusClient of ServiceBusModule.forRoot({ name: 'reprots' })",
    );
  });

  it('a name or a connection in the wrong place', async () => {
    const named = ServiceBusModule.forRootAsync({
      name: 'reports',
      useFactory: () =>
        ({ name: 'reports', connectionString: nowhere(1) }) as unknown as ServiceBusModuleOptions,
    });
    expect(await problemsOf({ imports: [root(), named] })).toEqual([
      'ServiceBusModule "reports": name belongs beside useFactory, not into what it returns',
    ]);
    const async = ServiceBusModule.forFeatureAsync({
      pattern: 'reports:monthly',
      useFactory: () => ({ connection: 'reports' }),
    } as ServiceBusFeatureAsyncOptions);
    expect(
      await problemsOf({ imports: [root(), root('reports'), async], controllers: [ReportsController] }),
    ).toEqual(['binding "reports:monthly": connection belongs beside useFactory, not into what it returns']);
  });

  it('an empty name, and options that are wrong, with the name of the connection', async () => {
    expect(await problemsOf({ imports: [root('')] })).toEqual(['ServiceBusModule: name is empty']);
    const imports = [
      root(),
      ServiceBusModule.forRoot({ name: 'reports', connectionString: nowhere(1), drainTimeoutMs: -1 }),
    ];
    expect(await problemsOf({ imports })).toEqual([
      'ServiceBusModule "reports": drainTimeoutMs is -1, allowed is a number from 0',
    ]);
  });

  const odd: [string, unknown, string][] = [
    ['a symbol', Symbol('reports'), 'is Symbol(reports), and must be a name'],
    ['a number', 5, 'is 5, and must be a name'],
    ['null', null, 'is null, and must be a name'],
    ['an object', {}, 'is {}, and must be a name'],
    ['empty', '', 'is empty'],
    ['blank', ' ', 'is " ", and must be a name'],
    ['a name with a blank behind it', 'reports ', 'is "reports ", with blanks around it'],
  ];

  it.each(odd)('a name that is %s, in each place', async (_what, given, problem) => {
    const name = given as string;
    // One that is no text is told where it stands.
    const named = async (make: () => DynamicModule): Promise<string[]> => {
      try {
        return await problemsOf({ imports: [root(), make()] });
      } catch (error) {
        return [...(error as ServiceBusConfigurationError).problems];
      }
    };
    const options = { name, connectionString: nowhere(1) };
    expect(await named(() => ServiceBusModule.forRoot(options))).toEqual([
      `ServiceBusModule: name ${problem}`,
    ]);
    const asynchronous = { name, useFactory: () => ({ connectionString: nowhere(2) }) };
    expect(await named(() => ServiceBusModule.forRootAsync(asynchronous))).toEqual([
      `ServiceBusModule: name ${problem}`,
    ]);
    const imports = [root(), root('reports')];
    const sending = await problemsOf({
      imports: [...imports, feature({ connection: name, senders: ['out'] })],
    });
    expect(sending).toEqual([
      expect.stringMatching(/^the sender "out"(?:: connection| names the connection) /),
    ]);
    @Controller()
    class OddController {
      @ServiceBusEventHandler({ connection: name, queue: 'monthly' })
      print(): void {}
    }
    expect(await problemsOf({ imports, controllers: [OddController] })).toEqual([
      expect.stringMatching(/^binding .*monthly"?: connection is /),
    ]);
    @Injectable()
    class Injecting {
      constructor(@InjectServiceBusClient(name) readonly client: unknown) {}
    }
    await expect(problemsOf({ imports, providers: [Injecting] })).rejects.toThrow(
      'ServiceBusClient of ServiceBusModule.forRoot({ name: ',
    );
    const module = await Test.createTestingModule({ imports }).compile();
    expect(() => describeApplication(module, name)).toThrow(ServiceBusConfigurationError);
    await module.close();
  });

  it('and no mistake at all: an application whose only connection has a name', async () => {
    const module = await Test.createTestingModule({
      imports: [root('reports'), feature({ connection: 'reports', senders: ['out'] })],
      controllers: [ReportsController],
    }).compile();
    const app = module.createNestApplication({ logger: false });
    const server = app.get(ServiceBusServer);
    app.connectMicroservice({ strategy: server });
    await app.startAllMicroservices();
    await app.init();
    expect(server.health()).toMatchObject([{ pattern: 'reports:monthly', connection: 'reports' }]);
    expect(Object.keys(await app.get(ServiceBusHealthIndicator).isHealthy())).toEqual([
      'service-bus@reports',
      'service-bus@reports:reports:monthly',
    ]);
    expect(server.unwrap()).toBeDefined();
    await app.close();
  });
});

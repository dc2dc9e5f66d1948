import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type Emulator, startEmulator } from 'service-bus-emulator';

import { runCommand } from '../src/command/run.js';

const ROOT = fileURLToPath(new URL('../../../', import.meta.url));
const MAIN = path.join(ROOT, 'packages/nestjs-service-bus/src/main.ts');
// The sources of the package, as the command has them: an application gets the same classes.
const SOURCES = new URL('../src/index.ts', import.meta.url).href;
const HOOKS = `export const resolve = (specifier, context, next) =>
  next(specifier === 'nestjs-service-bus' ? ${JSON.stringify(SOURCES)} : specifier, context);`;
const OWN_PACKAGE = `import { register } from 'node:module';
  register(${JSON.stringify(`data:text/javascript,${encodeURIComponent(HOOKS)}`)});`;

const TSCONFIG = {
  compilerOptions: {
    target: 'ES2022',
    module: 'NodeNext',
    strict: true,
    experimentalDecorators: true,
    emitDecoratorMetadata: true,
    skipLibCheck: true,
  },
};

const CONTRACTS = `import { IsInt, IsString } from 'class-validator';
import { contract } from 'nestjs-service-bus';

export class OrderDto {
  @IsInt()
  id!: number;
  @IsString()
  item!: string;
}

export const OrderPlaced = contract('order-placed', OrderDto, { to: 'orders' });
`;

const MODULE = `import { Controller, Logger, Module } from '@nestjs/common';
import { Handles, Publishes, ServiceBusHandler, ServiceBusModule } from 'nestjs-service-bus';
import { OrderDto, OrderPlaced } from './contracts.js';

@Controller()
@Publishes(OrderPlaced)
class ShopController {
  constructor() {
    new Logger('Shop').log('a log line');
    console.log('noise of the application');
  }

  @Handles(OrderPlaced)
  placed(_order: OrderDto): void {}

  @ServiceBusHandler({ queue: 'work', replyTo: 'done' })
  work(_order: OrderDto): void {}
}

@Module({
  imports: [ServiceBusModule.forRoot({ connectionString: process.env['SB_CONNECTION']!, replyQueue: 'replies' })],
  controllers: [ShopController],
})
export class AppModule {}

@Module({})
export class Bare {}
`;

// As compilers write a CommonJS module, but for what it imports: a factory of a module may wait for that.
const COMMON_JS = `'use strict';
Object.defineProperty(exports, '__esModule', { value: true });
exports.AppModule = async () => {
  const { ServiceBusModule } = await import('nestjs-service-bus');
  const { Module } = require('@nestjs/common');
  class Root {}
  Module({ imports: [ServiceBusModule.forRoot({ connectionString: process.env.SB_CONNECTION })] })(Root);
  return Root;
};
`;

// Decorators as a build writes them.
const BUILT = `import 'reflect-metadata';
import { Module } from '@nestjs/common';
import { ServiceBusModule } from 'nestjs-service-bus';

export class AppModule {}
Module({
  imports: [
    ServiceBusModule.forRoot({ connectionString: process.env.SB_CONNECTION }),
    ServiceBusModule.forFeature({ pattern: 'parcels', sessions: {} }),
    ServiceBusModule.forFeature({ senders: ['theirs'] }),
  ],
})(AppModule);
`;

interface Ended {
  readonly code: number;
  readonly output: string;
  readonly errors: string;
}

describe('the command, as a process, on the file of a module', () => {
  let emulator: Emulator;
  let folder: string;
  beforeAll(async () => {
    emulator = await startEmulator({ port: 0, administrationPort: false });
    // Inside the repository, where its dependencies are found.
    await mkdir(path.join(ROOT, 'dist'), { recursive: true });
    folder = await mkdtemp(path.join(ROOT, 'dist', 'command-'));
    const files: Record<string, string> = {
      'package.json': JSON.stringify({ type: 'module' }),
      'tsconfig.json': JSON.stringify(TSCONFIG),
      'hooks.js': OWN_PACKAGE,
      'src/contracts.ts': CONTRACTS,
      'src/app.module.ts': MODULE,
      'built/app.module.js': BUILT,
      'built/app.module.cjs': COMMON_JS,
    };
    for (const [name, text] of Object.entries(files)) {
      await mkdir(path.dirname(path.join(folder, name)), { recursive: true });
      await writeFile(path.join(folder, name), text);
    }
  });
  afterAll(async () => {
    await emulator.close();
    await rm(folder, { recursive: true, force: true });
  });

  function run(args: readonly string[], connection = emulator.connectionString): Promise<Ended> {
    const loader = new URL('../../../test/support/typescript.js', import.meta.url).href;
    const hooks = new URL(`file://${folder}/hooks.js`).href;
    const all = ['--no-warnings', '--import', loader, '--import', hooks, MAIN, ...args];
    const env = { PATH: process.env['PATH'], NO_COLOR: '1', SB_CONNECTION: connection };
    return new Promise((resolve) => {
      execFile(process.execPath, all, { cwd: folder, env }, (error, output, errors) => {
        resolve({ code: error === null ? 0 : Number(error.code), output, errors });
      });
    });
  }

  it('writes the document of a module in TypeScript, with nothing else on the standard output', async () => {
    const { code, output, errors } = await run(['asyncapi', 'src/app.module.ts', '--title', 'Shop']);
    expect({ code, errors }).toEqual({ code: 0, errors: 'noise of the application\n' });
    expect(JSON.parse(output)).toMatchObject({
      asyncapi: '3.0.0',
      info: { title: 'Shop' },
      operations: { 'ShopController.placed': { action: 'receive' } },
    });
  });

  it('checks contracts: 0 where nothing has changed, 2 where a change breaks somebody', async () => {
    const written = await run(['asyncapi', 'src/app.module.ts', '--output', 'old.json']);
    expect(written).toMatchObject({ code: 0, output: '' });
    expect(await run(['contract', 'check', 'old.json', 'src/app.module.ts'])).toMatchObject({
      code: 0,
      output: 'nothing has changed\n',
    });
    await writeFile(
      path.join(folder, 'src/contracts.ts'),
      CONTRACTS.replace('id!: number;', 'id!: number;\n  @IsInt()\n  count!: number;'),
    );
    const { code, output } = await run(['contract', 'check', 'old.json', 'src/app.module.ts']);
    expect(code).toBe(2);
    expect(output.split('\n')[0]).toBe(
      'breaking    order-placed: payload.count is new and required ' +
        '(publishers that have not changed send what is no longer taken)',
    );
  });

  it('plans, makes and verifies what a module in TypeScript declares, with its contracts and its reply queue', async () => {
    const plan = await run(['topology', 'plan', 'src/app.module.ts']);
    expect(plan).toMatchObject({ code: 0, errors: 'noise of the application\n' });
    expect(plan.output.trimEnd().split('\n')).toEqual([
      '+ create queue orders',
      '+ create queue work',
      '+ create queue replies',
      '+ create queue done',
    ]);
    expect(await run(['topology', 'apply', 'src/app.module.ts'])).toMatchObject({
      code: 0,
      output: plan.output,
    });
    expect((await run(['topology', 'verify', 'src/app.module.ts'])).code).toBe(0);
  });

  it('takes a built module, and tells what is left to do with the remedy and exit code 2', async () => {
    const applied = await run(['topology', 'apply', 'built/app.module.js']);
    expect(applied).toEqual({
      code: 2,
      output: '+ create queue parcels\n',
      errors:
        '? queue or topic theirs is missing, and belongs to somebody else ' +
        '(not done: have its owner make it, or declare it in entities of forFeature)\n',
    });
  });

  it('takes a CommonJS module, whatever compilers add to its exports', async () => {
    expect(await run(['topology', 'plan', 'built/app.module.cjs'])).toEqual({
      code: 0,
      output: 'nothing to do\n',
      errors: '',
    });
  });

  it('says what to do where the application has no Service Bus', async () => {
    expect(await run(['topology', 'plan', 'src/app.module.ts', '--export', 'Bare'])).toEqual({
      code: 1,
      output: '',
      errors:
        'src/app.module.ts: the application does not use Service Bus: ' +
        'add ServiceBusModule.forRoot to the imports of the root module\n',
    });
  });

  it.each([
    [
      ['topology', 'pla', 'a.js'],
      'topology pla is not known, known are describe, plan, verify, apply, export',
    ],
    [
      ['topology', 'plan', 'none.js'],
      /^there is no file .+none\.js: name the one that exports the root module$/,
    ],
    [['asyncapi', 'a.js', '--tittle', 'x'], /^Unknown option '--tittle'/],
    [['asyncapi'], 'asyncapi takes one file: the one that exports the root module'],
    [['contract', 'check', 'none.json', 'a.js'], /^none\.json cannot be read: .+$/],
    [['frob'], 'frob is no command, known are topology, asyncapi, contract'],
  ])('says of %j what to do', async (args, line) => {
    let [output, errors] = ['', ''];
    const code = await runCommand(args, {
      output: { write: (text) => (output += text) },
      errors: { write: (text) => (errors += text) },
    });
    expect({ code, output }).toEqual({ code: 1, output: '' });
    const [told] = errors.split('\n');
    if (typeof line === 'string') expect(told).toBe(line);
    else expect(told).toMatch(line);
  });

  it('needs the right to manage, and says so in one line', async () => {
    const wrong = emulator.connectionString.replace(/SharedAccessKey=[^;]*/, 'SharedAccessKey=d3Jvbmc=');
    const { code, errors } = await run(['topology', 'plan', 'built/app.module.js'], wrong);
    expect(code).toBe(1);
    expect(errors).toMatch(
      /^read .+: no right to manage 127\.0\.0\.1:\d+: grant the identity the role "Azure Service Bus Data Owner".+\n$/,
    );
  });
});

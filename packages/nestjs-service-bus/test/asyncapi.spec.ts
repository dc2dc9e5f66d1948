import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';

import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Controller, type INestApplication, Injectable } from '@nestjs/common';
import { Ctx, Payload } from '@nestjs/microservices';
import { Test } from '@nestjs/testing';
import { Type } from 'class-transformer';
import { IsEmail, IsInt, IsOptional, IsPositive, IsString, Min, ValidateNested } from 'class-validator';

import {
  type AsyncApiDocument,
  AsyncApiModule,
  contract,
  describeMessages,
  EventPattern,
  Handles,
  Publishes,
  ServiceBusConfigurationError,
  ServiceBusContext,
  ServiceBusModule,
} from '../src/index.js';
import { runAsyncApi, runContract } from '../src/command/messages-commands.js';

const NOWHERE =
  'Endpoint=sb://127.0.0.1:1;SharedAccessKeyName=name;SharedAccessKey=key;UseDevelopmentEmulator=true;';

class Line {
  @IsString()
  sku!: string;

  @IsInt()
  @Min(1)
  count!: number;
}

class OrderDto {
  @IsInt()
  @IsPositive()
  id!: number;

  @IsOptional()
  @IsEmail()
  email?: string;

  @ValidateNested({ each: true })
  @Type(() => Line)
  lines!: Line[];
}

class GetPriceDto {
  @IsString()
  item!: string;
}

class PriceDto {
  @IsPositive()
  euros!: number;
}

const OrderPlaced = contract('order-placed', OrderDto, {
  to: 'orders',
  description: 'A <b>customer</b> ordered.',
});
const OrderCancelled = contract('order-cancelled', Number, { to: 'orders', validate: false });
const GetPrice = contract('get-price', GetPriceDto, { to: 'prices', result: PriceDto });
const UserCreated = contract('created', [String], { to: 'events', type: 'com.shop.user-created' });
const Picture = contract('picture', Buffer);

@Controller()
@Publishes(OrderPlaced, GetPrice, UserCreated, Picture)
class OrdersController {
  @Handles(OrderPlaced)
  placed(_: OrderDto): void {
    // Never called.
  }

  @Handles(OrderCancelled)
  cancelled(_: number): void {
    // Never called.
  }

  @Handles(GetPrice)
  price(_: GetPriceDto): PriceDto {
    return { euros: 1 };
  }

  @Handles(UserCreated, { binding: 'users' })
  created(_: string[]): void {
    // Never called.
  }

  @EventPattern('lines')
  line(@Ctx() _: ServiceBusContext, @Payload() __: Line): void {
    // Never called.
  }

  @EventPattern({ binding: 'steps', subject: 'first step' })
  step(@Ctx() _: ServiceBusContext): void {
    // Never called.
  }

  @EventPattern({ cmd: 'of another transport' }, Symbol('other'))
  other(): void {
    // Never called.
  }
}

@Injectable()
@Publishes(OrderPlaced)
class ShopService {}

describe('AsyncApiModule', () => {
  let app: INestApplication;
  let url: string;

  beforeAll(async () => {
    const module = await Test.createTestingModule({
      imports: [
        ServiceBusModule.forRoot({ connectionString: NOWHERE }),
        ServiceBusModule.forFeature({ pattern: 'users', topic: 'events', subscription: 'shop' }),
        ServiceBusModule.forFeature({ pattern: 'steps', queue: 'steps', sessions: {} }),
        AsyncApiModule.forRoot({ title: 'Shop <1>', version: '1.2.3' }),
      ],
      controllers: [OrdersController],
      providers: [ShopService],
    }).compile();
    app = module.createNestApplication({ logger: false });
    await app.listen(0, '127.0.0.1');
    url = await app.getUrl();
  });

  afterAll(() => app.close());

  it('serves a document that the official parser has nothing against', async () => {
    const response = await fetch(`${url}/asyncapi.json`);
    expect(response.headers.get('content-type')).toContain('application/json');
    const document = (await response.json()) as AsyncApiDocument;
    // In a process of its own: it is many modules, which Jest would load slowly.
    const script = `
      import { Parser } from '@asyncapi/parser';
      const found = await new Parser().validate(process.argv[1]);
      process.stdout.write(JSON.stringify(found.map(({ code, message, path }) => ({ code, message, path }))));`;
    const run = promisify(execFile);
    const { stdout, stderr } = await run(process.execPath, [
      '--input-type=module',
      '--eval',
      script,
      JSON.stringify(document),
    ]);
    expect(stderr).toBe('');
    // That there is a newer version of AsyncAPI is all that it may say.
    const found = (JSON.parse(stdout) as { code: string }[]).filter(
      ({ code }) => code !== 'asyncapi-latest-version',
    );
    expect(found).toEqual([]);
  });

  it('knows bindings, handlers with and without contracts, publishers, and answers', async () => {
    const { channels, operations, components, info } = await describeMessages(app, { title: 'Shop' });
    // The version is what the module was given.
    expect(info).toEqual({ title: 'Shop', version: '1.2.3' });
    expect(channels).toEqual({
      events: expect.objectContaining({ address: 'events', messages: { created: expect.anything() } }),
      'events.shop': expect.objectContaining({ address: 'events/Subscriptions/shop' }),
      'get-price.reply': expect.objectContaining({ address: null }),
      lines: expect.objectContaining({ address: 'lines', description: 'A queue.' }),
      orders: expect.objectContaining({
        address: 'orders',
        messages: {
          'order-cancelled': { $ref: '#/components/messages/order-cancelled' },
          'order-placed': { $ref: '#/components/messages/order-placed' },
        },
      }),
      'picture.anywhere': expect.objectContaining({ address: null }),
      prices: expect.anything(),
      steps: expect.objectContaining({ 'x-requires-session': true }),
    });
    expect(Object.keys(operations).sort()).toEqual(
      [
        'OrdersController.cancelled',
        'OrdersController.created',
        'OrdersController.publishes.created',
        'OrdersController.publishes.get-price',
        'OrdersController.line',
        'OrdersController.publishes.order-placed',
        'OrdersController.publishes.picture',
        'OrdersController.placed',
        'OrdersController.price',
        'OrdersController.step',
        'ShopService.publishes.order-placed',
      ].sort(),
    );
    expect(operations['OrdersController.price']).toEqual({
      action: 'receive',
      channel: { $ref: '#/channels/prices' },
      messages: [{ $ref: '#/channels/prices/messages/get-price' }],
      reply: {
        address: expect.objectContaining({ location: '$message.header#/replyTo' }),
        channel: { $ref: '#/channels/get-price.reply' },
        messages: [{ $ref: '#/channels/get-price.reply/messages/get-price.reply' }],
      },
    });
    expect(components.messages['created']).toMatchObject({
      headers: { properties: { subject: { const: 'created' }, type: { const: 'com.shop.user-created' } } },
      payload: { type: 'array', items: { type: 'string' } },
    });
    expect(components.messages['picture']).toMatchObject({
      contentType: 'application/octet-stream',
      payload: { type: 'string', format: 'binary' },
    });
    expect(components.messages['lines']?.payload).toEqual({ $ref: '#/components/schemas/Line' });
    expect(components.messages['steps.first-step']).toMatchObject({ name: 'steps.first-step' });
    expect(components.schemas['OrderDto']).toEqual({
      type: 'object',
      properties: {
        id: { type: 'integer', exclusiveMinimum: 0 },
        email: { type: ['string', 'null'], format: 'email' },
        lines: { type: 'array', items: { $ref: '#/components/schemas/Line' } },
      },
      required: ['id'],
    });
  });

  it('serves a page that loads nothing, allows nothing but its own style, and escapes what it shows', async () => {
    const response = await fetch(`${url}/asyncapi`);
    const page = await response.text();
    const style = /<style>([^]*?)<\/style>/.exec(page)?.[1] ?? '';
    const hash = createHash('sha256').update(style).digest('base64');
    expect(response.headers.get('content-type')).toBe('text/html; charset=utf-8');
    expect(response.headers.get('content-security-policy')).toBe(
      `default-src 'none'; style-src 'sha256-${hash}'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'`,
    );
    expect(page).not.toMatch(/<script|<link|<img|https?:|style=|\son\w+=/);
    expect(page).toContain('<title>Shop &lt;1&gt;</title>');
    expect(page).toContain('A &lt;b&gt;customer&lt;/b&gt; ordered.');
    const links = [...page.matchAll(/href="#([^"]+)"/g)].map(([, id]) => id);
    expect(links.length).toBeGreaterThan(8);
    for (const id of links) expect(page).toContain(`id="${id}"`);
    const text = page.replaceAll(/<[^>]+>/g, '').replaceAll(/\s+/g, ' ');
    for (const words of [
      'OrdersController.placed receives it from orders',
      'ShopService.publishes.order-placed sends it to orders',
      'OrdersController.step receives it from steps, which requires sessions',
      'it is answered by get-price.reply',
      'id required integer over 0',
      'email string or null format email',
    ]) {
      expect(text).toContain(words);
    }
  });

  it('writes the document for a command, and tells by its exit code whether a change breaks somebody', async () => {
    const folder = await mkdtemp(path.join(tmpdir(), 'asyncapi-'));
    try {
      const [old, now] = [path.join(folder, 'old.json'), path.join(folder, 'now.json')];
      const said: string[] = [];
      const streams = { output: { write: (text: string) => said.push(text) } };
      const load = (): Promise<INestApplication> => Promise.resolve(app);
      expect(await runAsyncApi(['app.js', '--title', 'Shop', '--output', old], streams, load)).toBe(0);
      expect(await runContract(['check', old, 'app.js'], streams, load)).toBe(0);
      const text = await readFile(old, 'utf8');
      await writeFile(now, text.replace('"exclusiveMinimum": 0', '"exclusiveMinimum": 0, "maximum": 9'));
      expect(await runContract(['check', old, now], streams, load)).toBe(2);
      await writeFile(now, '{}');
      await expect(runContract(['check', old, now], streams, load)).rejects.toThrow(
        'is no AsyncAPI 3 document',
      );
      await expect(runContract(['check', old], streams, load)).rejects.toThrow(ServiceBusConfigurationError);
      expect(said).toEqual([
        'nothing has changed\n',
        expect.stringMatching(/^breaking {4}order-placed: payload.id .+\n/),
      ]);
      expect(await runAsyncApi(['app.js', '--html'], streams, load)).toBe(0);
      expect(said.at(-1)).toContain('<!doctype html>');
    } finally {
      await rm(folder, { recursive: true });
    }
  });
});

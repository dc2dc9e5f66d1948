import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { brotliCompressSync, constants, deflateSync, gzipSync } from 'node:zlib';

import { type ServiceBusMessage, type ServiceBusReceivedMessage } from '@azure/service-bus';
import { afterEach, describe, expect, it } from '@jest/globals';

import { until } from '../../../../test/support/until.js';
import { serviceBusScene } from '../support/service-bus-scene.js';

const WORKER = fileURLToPath(new URL('./bomb-worker.ts', import.meta.url));
const LOADER = new URL('../../../../test/support/typescript.js', import.meta.url).href;
const MIB = 1_024 * 1_024;
const MAX_BYTES = 4 * MIB;
const CALLS_AT_ONCE = 16;
/** What runs at once may take, and as much that is not collected yet. */
const MAX_GROWTH_BYTES = 2 * CALLS_AT_ONCE * MAX_BYTES + 64 * MIB;

const zeros = Buffer.alloc(120 * MIB);
const brotli = brotliCompressSync(zeros, { params: { [constants.BROTLI_PARAM_QUALITY]: 1 } });
const flat = gzipSync(zeros);

/** What a message may be, and what the dead-letter queue says of it. */
const BOMBS: readonly (readonly [
  what: string,
  body: Buffer,
  encoding: string,
  queue: string,
  why: RegExp,
])[] = [
  ['gzip', flat, 'gzip', 'work', /decompresses to more than 4194304, which maxBytes of gzip\(\) allows/],
  [
    'gzip in 150 pieces of a megabyte',
    Buffer.concat(Array.from({ length: 150 }, () => gzipSync(Buffer.alloc(MIB)))),
    'gzip',
    'work',
    /decompresses to more than 4194304/,
  ],
  [
    'gzip in gzip, said so',
    gzipSync(flat),
    'gzip, gzip',
    'work',
    /content encoding is gzip, gzip, and what can be read is gzip/,
  ],
  [
    'deflate',
    deflateSync(zeros),
    'deflate',
    'work',
    /content encoding is deflate, and what can be read is gzip/,
  ],
  ['brotli that nobody reads', brotli, 'br', 'work', /encoding is br, and what can be read is gzip/],
  ['brotli', brotli, 'br', 'brotli', /could not be decompressed from br: /],
];

describe('a decompression bomb', () => {
  const scene = serviceBusScene({
    entities: { queues: ['work', 'brotli', 'out'] },
  });
  let worker: ChildProcess | undefined;
  afterEach(() => {
    worker?.kill('SIGKILL');
    worker = undefined;
  });

  /** A worker that has done its first message in each queue. */
  async function start(): Promise<ChildProcess> {
    worker = spawn(process.execPath, ['--max-old-space-size=128', '--import', LOADER, WORKER], {
      env: {
        PATH: process.env['PATH'],
        WORKER_CONNECTION: scene.emulator.connectionString,
        WORKER_MAX_BYTES: String(MAX_BYTES),
      },
      stdio: ['pipe', 'pipe', 'inherit'],
    });
    await scene.send('work', message(gzipSync('"hello"'), 'gzip'));
    await scene.send('brotli', message(brotliCompressSync('"hello"'), 'br'));
    await until(() => scene.left('out') === 2);
    await answer(worker, 'go\n');
    return worker;
  }

  const message = (
    body: Buffer,
    contentEncoding: string,
    contentType = 'application/json',
  ): ServiceBusMessage =>
    ({
      body,
      bodyType: 'data',
      properties: { contentType, contentEncoding },
    }) as ServiceBusMessage;

  /** How much more memory the worker had than before the bombs, at most. */
  async function growthBytes(child: ChildProcess): Promise<number> {
    return Number.parseInt(await answer(child), 10);
  }

  async function answer(child: ChildProcess, line?: string): Promise<string> {
    if (line === undefined) child.stdin?.end();
    else child.stdin?.write(line);
    const [text] = (await once(child.stdout as NodeJS.ReadableStream, 'data')) as [Buffer];
    return String(text);
  }

  const expectDead = ([letter]: ServiceBusReceivedMessage[], body: Buffer, why: RegExp): void => {
    expect(letter).toMatchObject({
      deadLetterReason: 'UndecodableMessage',
      deadLetterErrorDescription: expect.stringMatching(why) as unknown,
    });
    expect(body.equals(letter?.body as Buffer)).toBe(true);
  };

  it('of each kind is dead-lettered as it came, and takes no more memory than is allowed', async () => {
    const child = await start();
    for (const [, body, encoding, queue, why] of BOMBS) {
      await scene.send(queue, message(body, encoding));
      expectDead(await scene.take(`${queue}/$DeadLetterQueue`), body, why);
    }
    // Decompressed once only: what is in it is for whoever reads it.
    await scene.send('work', message(gzipSync(flat), 'gzip', 'application/gzip'));
    await until(() => scene.left('out') === 3);
    const growth = await growthBytes(child);
    expect(growth).toBeLessThan(MAX_GROWTH_BYTES);
  });

  it('is so a hundred times at once', async () => {
    const child = await start();
    const bombs = Array.from({ length: 100 }, () => message(flat, 'gzip'));
    for (const bomb of bombs) await scene.send('work', bomb);
    await until(() => scene.left('work/$DeadLetterQueue') === bombs.length);
    const growth = await growthBytes(child);
    expect(growth).toBeLessThan(MAX_GROWTH_BYTES);
    const letters = await scene.take('work/$DeadLetterQueue', bombs.length);
    for (const letter of letters) expectDead([letter], flat, /decompresses to more than 4194304/);
  });
});

import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

import { ServiceBusClient } from '@azure/service-bus';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type Emulator, ManualClock } from 'service-bus-emulator';

import { startTestEmulator } from '../../../test/support/start-emulator.js';
import { until } from '../../../test/support/until.js';
import { deadLetterAll } from './dead-letter-all.js';

/** `npm run test:desk-kills` has more of both. */
const MESSAGES = Number(process.env['DESK_MESSAGES'] ?? 1_000);
const KILLS = Number(process.env['DESK_KILLS'] ?? 3);
const TIMEOUT_MS = 60_000 + (MESSAGES + KILLS * 1_000) * 30;
const GROUPS = 20;
const LOCK_MS = 5_000;
const LOADER = new URL('../../../test/support/typescript.js', import.meta.url).href;
const MAIN = fileURLToPath(new URL('../src/main.ts', import.meta.url));

describe('a run that is killed again and again', () => {
  const clock = new ManualClock();
  let emulator: Emulator;
  let client: ServiceBusClient;
  let folder: string;
  let child: ChildProcess | undefined;

  beforeAll(async () => {
    folder = await mkdtemp(path.join(tmpdir(), 'desk-kills-'));
    const queue = { name: 'orders', lockDurationMs: LOCK_MS, requiresDuplicateDetection: true };
    emulator = await startTestEmulator({ queues: [queue] }, { clock });
    client = new ServiceBusClient(emulator.connectionString);
    const sender = client.createSender('orders');
    for (let at = 0; at < MESSAGES; at += 500) {
      const count = Math.min(500, MESSAGES - at);
      await sender.sendMessages(
        Array.from({ length: count }, (_, index) => ({ body: at + index, messageId: `m${at + index}` })),
      );
    }
    await deadLetterAll(client, 'orders', MESSAGES, (body) => ({
      reason: `Error${Number(body) % GROUPS}`,
      description: `message ${String(body)} failed`,
    }));
  }, TIMEOUT_MS);

  afterAll(async () => {
    child?.kill('SIGKILL');
    await client.close();
    await emulator.close();
    await rm(folder, { recursive: true });
  });

  function start(journal: string, args: readonly string[]): ChildProcess {
    const line = ['dead-letters', 'resubmit', 'orders', '--no-canary', '--journal', journal, ...args];
    const env = { PATH: process.env['PATH'], SB_CONNECTION: emulator.connectionString };
    return spawn(process.execPath, ['--import', LOADER, MAIN, ...line], {
      env,
      stdio: ['ignore', 'pipe', 'inherit'],
    });
  }

  const sizeOf = async (file: string): Promise<number> => (await stat(file).catch(() => ({ size: 0 }))).size;

  /** Runs it with so many kills, each after the journal has grown by chance, and once more until it ends. */
  async function run(kills: number, expectedBytes: number, args: readonly string[]): Promise<number> {
    const journal = path.join(folder, `${kills}-${args.join('')}.jsonl`);
    let done = 0;
    for (; done < kills; done++) {
      const before = await sizeOf(journal);
      child = start(journal, before > 0 ? [...args, '--resume'] : args);
      const ended = once(child, 'close');
      const { pid } = child;
      const enough = before + Math.random() * (expectedBytes / kills);
      await until(async () => (await sizeOf(journal)) > enough || child?.exitCode !== null, TIMEOUT_MS);
      await new Promise((resolve) => setTimeout(resolve, Math.random() * 20));
      child.kill('SIGKILL');
      await ended;
      expect(pid).toBeDefined();
      // What it held comes back when its locks end.
      clock.advance(LOCK_MS);
      if (child.exitCode !== null) break;
    }
    child = start(journal, [...args, '--resume']);
    const [exitCode] = (await once(child, 'close')) as [number];
    expect(exitCode).toBe(0);
    return done;
  }

  const bodiesIn = (entity: string): number[] =>
    emulator
      .entity(entity)
      .messages()
      .map(({ body }) => body as number)
      .sort((one, other) => one - other);

  it(
    'loses none and sends none twice, of one group between the others, and then of all',
    async () => {
      const all = Array.from({ length: MESSAGES }, (_, index) => index);
      const bytes = MESSAGES * 20;
      const ofGroup = Math.max(1, Math.round(KILLS / 5));
      await run(ofGroup, bytes / GROUPS, ['--reason', 'Error7']);
      expect(bodiesIn('orders')).toEqual(all.filter((index) => index % GROUPS === 7));
      expect(bodiesIn('orders/$DeadLetterQueue')).toEqual(all.filter((index) => index % GROUPS !== 7));
      expect(emulator.entity('orders/$DeadLetterQueue').lockedCount).toBe(0);
      const kills = await run(KILLS - ofGroup, bytes, []);
      expect(kills).toBe(KILLS - ofGroup);
      expect(bodiesIn('orders')).toEqual(all);
      expect(bodiesIn('orders/$DeadLetterQueue')).toEqual([]);
    },
    TIMEOUT_MS,
  );
});

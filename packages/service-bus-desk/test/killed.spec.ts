import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

import { ServiceBusClient } from '@azure/service-bus';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type Emulator, ManualClock } from 'service-bus-emulator';

import { startTestEmulator } from '../../../test/support/start-emulator.js';
import { deadLetterAll } from './dead-letter-all.js';

/** `npm run test:desk-kills` has more of both. */
const MESSAGES = Number(process.env['DESK_MESSAGES'] ?? 1_000);
const KILLS = Number(process.env['DESK_KILLS'] ?? 3);
const TIMEOUT_MS = 60_000 + (MESSAGES + KILLS * 1_000) * 30;
const GROUPS = 20;
const LOCK_MS = 5_000;
const LOADER = new URL('../../../test/support/typescript.js', import.meta.url).href;
const KILLER = new URL('kill-at.js', import.meta.url).href;
const MAIN = fileURLToPath(new URL('../src/main.ts', import.meta.url));
const REDRIVE = fileURLToPath(new URL('redrive-child.ts', import.meta.url));

/** For `kill-at.js`. */
type Kill = Readonly<Record<'KILL_AT' | 'KILL_BEFORE' | 'KILL_DELAY_MS', string>>;

describe('a run that is killed again and again', () => {
  const clock = new ManualClock();
  let emulator: Emulator;
  let client: ServiceBusClient;
  let folder: string;
  let child: ChildProcess | undefined;
  let runs = 0;

  beforeAll(async () => {
    folder = await mkdtemp(path.join(tmpdir(), 'desk-kills-'));
    const queue = { name: 'orders', lockDurationMs: LOCK_MS, requiresDuplicateDetection: true };
    const audited = { name: 'audited', requiresDuplicateDetection: true };
    const audit = { name: 'audit', lockDurationMs: LOCK_MS };
    const topics = [{ name: 'events', subscriptions: [audit, 'mail'] }];
    emulator = await startTestEmulator({ queues: [queue, audited], topics }, { clock });
    client = new ServiceBusClient(emulator.connectionString);
  }, TIMEOUT_MS);

  /** Sends messages, each with its number as body, and dead-letters those that arrive at `from`. */
  async function fill(to: string, from: Parameters<typeof deadLetterAll>[1]): Promise<void> {
    const sender = client.createSender(to);
    for (let at = 0; at < MESSAGES; at += 500) {
      const count = Math.min(500, MESSAGES - at);
      await sender.sendMessages(
        Array.from({ length: count }, (_, index) => ({ body: at + index, messageId: `m${at + index}` })),
      );
    }
    await deadLetterAll(client, from, MESSAGES, (body) => ({
      reason: `Error${Number(body) % GROUPS}`,
      description: `message ${String(body)} failed`,
    }));
  }

  afterAll(async () => {
    child?.kill('SIGKILL');
    await client.close();
    await emulator.close();
    await rm(folder, { recursive: true });
  });

  /** Starts a run that goes on with the journal, or begins it; resolves with exit code and signal. */
  type Start = (journal: string, isResumed: boolean, kill?: Kill) => Promise<unknown[]>;

  function start(program: readonly string[], further: object, kill: Kill | undefined): Promise<unknown[]> {
    const env = { PATH: process.env['PATH'], SB_CONNECTION: emulator.connectionString, ...further, ...kill };
    const killer = kill ? ['--import', KILLER] : [];
    child = spawn(process.execPath, ['--import', LOADER, ...killer, ...program], {
      env,
      stdio: ['ignore', 'ignore', 'inherit'],
    });
    return once(child, 'close');
  }

  const resubmit =
    (...args: string[]): Start =>
    (journal, isResumed, kill) => {
      const line = ['dead-letters', 'resubmit', 'orders', '--no-canary', '--journal', journal, ...args];
      return start([MAIN, ...line, ...(isResumed ? ['--resume'] : [])], {}, kill);
    };

  const redrive: Start = (journal, isResumed, kill) =>
    start([REDRIVE, 'events', 'audit'], { JOURNAL: journal, RESUME: isResumed ? 'yes' : '' }, kill);

  /**
   * Runs it with so many kills, each before or after a write to the journal, and once more until it ends. It
   * writes twice for each hundred messages that it looks through, at least: no kill comes too late.
   */
  async function run(kills: number, planned: number, startRun: Start): Promise<void> {
    const journal = path.join(folder, `${runs++}.jsonl`);
    const atMost = Math.max(1, Math.floor(MESSAGES / 100 / kills));
    for (let done = 0; done < kills; done++) {
      const toPlan = done === 0 ? 2 + Math.ceil(planned / 1_000) : 0;
      const at = toPlan + 1 + Math.floor(Math.random() * atMost);
      const [, signal] = await startRun(journal, done > 0, {
        KILL_AT: String(at),
        KILL_BEFORE: done % 2 === 0 ? '1' : '',
        KILL_DELAY_MS: String(Math.random() * 5),
      });
      expect(signal).toBe('SIGKILL');
      // What it held comes back when its locks end.
      clock.advance(LOCK_MS);
    }
    expect(await startRun(journal, kills > 0)).toEqual([0, null]);
  }

  const bodiesIn = (entity: string): number[] =>
    emulator
      .entity(entity)
      .messages()
      .map(({ body }) => body as number)
      .sort((one, other) => one - other);
  const all = Array.from({ length: MESSAGES }, (_, index) => index);

  it(
    'loses none and sends none twice, of one group between the others, and then of all',
    async () => {
      await fill('orders', 'orders');
      const ofGroup = Math.max(1, Math.round(KILLS / 5));
      await run(ofGroup, MESSAGES / GROUPS, resubmit('--reason', 'Error7'));
      expect(bodiesIn('orders')).toEqual(all.filter((index) => index % GROUPS === 7));
      expect(bodiesIn('orders/$DeadLetterQueue')).toEqual(all.filter((index) => index % GROUPS !== 7));
      expect(emulator.entity('orders/$DeadLetterQueue').lockedCount).toBe(0);
      await run(KILLS - ofGroup, MESSAGES - MESSAGES / GROUPS, resubmit());
      expect(bodiesIn('orders')).toEqual(all);
      expect(bodiesIn('orders/$DeadLetterQueue')).toEqual([]);
    },
    TIMEOUT_MS,
  );

  it(
    'has each handled, with one result each, and gives no other subscription a copy',
    async () => {
      await fill('events', ['events', 'audit']);
      await run(KILLS, MESSAGES, redrive);
      expect(bodiesIn('audited')).toEqual(all);
      expect(bodiesIn('events/Subscriptions/mail')).toEqual(all);
      expect(bodiesIn('events/Subscriptions/audit')).toEqual([]);
      expect(bodiesIn('events/Subscriptions/audit/$DeadLetterQueue')).toEqual([]);
    },
    TIMEOUT_MS,
  );
});

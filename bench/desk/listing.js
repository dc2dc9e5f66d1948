import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';

import { ServiceBusClient } from '@azure/service-bus';
import { ManualClock, startEmulator } from 'service-bus-emulator';

// How soon the desk's command answers, and how much memory it takes, with a great many dead letters.

const MESSAGES = Number(process.env.DESK_MESSAGES ?? 100_000);
const GROUPS = 20;
const BATCH = 500;
const MAIN = fileURLToPath(new URL('../../packages/service-bus-desk/dist/main.js', import.meta.url));

async function fill(connectionString, clock) {
  const client = new ServiceBusClient(connectionString);
  const sender = client.createSender('orders');
  for (let at = 0; at < MESSAGES; at += BATCH) {
    await sender.sendMessages(
      Array.from({ length: Math.min(BATCH, MESSAGES - at) }, (_, index) => ({
        body: { order: at + index, text: 'x'.repeat(200) },
        applicationProperties: { 'dead-letter-handler': `Handler${(at + index) % GROUPS}` },
        timeToLive: 1_000,
      })),
    );
  }
  await client.close();
  // All expire at once, and the queue dead-letters what expires.
  clock.advance(60_000);
}

async function measure(name, args, connectionString) {
  const startedMs = performance.now();
  const child = spawn(process.execPath, [MAIN, 'dead-letters', 'list', 'orders', ...args], {
    env: { PATH: process.env.PATH, SB_CONNECTION: connectionString },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let firstMs;
  let lines = 0;
  let peakKb = 0;
  let isOver = false;
  const watch = async () => {
    for (; !isOver; await pause(10)) peakKb = Math.max(peakKb, peakOf(child.pid));
  };
  const watching = watch();
  createInterface({ input: child.stdout }).on('line', () => {
    if (++lines === 2) firstMs = performance.now() - startedMs;
  });
  const [code] = await once(child, 'close');
  isOver = true;
  await watching;
  const seconds = (performance.now() - startedMs) / 1_000;
  const mib = Math.round(peakKb / 1_024);
  console.log(
    `| ${name} | ${lines - (name.includes('json') ? 0 : 1)} | ${(firstMs / 1_000).toFixed(2)} s | ${seconds.toFixed(1)} s | ${mib} MiB |`,
  );
  if (code !== 0) throw new Error(`the command ended with ${code}`);
}

/** The most memory that a process has had, in kB; 0 when it has ended. */
function peakOf(pid) {
  try {
    return Number(/VmHWM:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? 0);
  } catch {
    return 0;
  }
}

const clock = new ManualClock();
const queue = { name: 'orders', deadLetteringOnMessageExpiration: true };
const emulator = await startEmulator({
  port: 0,
  administrationPort: false,
  clock,
  entities: { queues: [queue] },
});
await fill(emulator.connectionString, clock);
console.log(`| ${MESSAGES} dead letters | lines | first after | all after | memory, peak |`);
console.log('| --- | ---: | ---: | ---: | ---: |');
await measure('`list -m`', ['-m'], emulator.connectionString);
await measure('`list -m --json`', ['-m', '--json'], emulator.connectionString);
await measure('`list` (groups)', [], emulator.connectionString);
await emulator.close();

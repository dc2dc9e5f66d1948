import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';

import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { type Emulator, startEmulator } from 'service-bus-emulator';

import { TcpProxy } from '../../../../test/support/tcp-proxy.js';

const WORKER = fileURLToPath(new URL('./closing-worker.ts', import.meta.url));
const LOADER = new URL('../../../../test/support/typescript.js', import.meta.url).href;
/** To the broker and back. */
const ROUND_TRIP_MS = 100;
/** A close takes a few round trips; the SDK waits for its own timeouts of several seconds, or of a minute. */
const CLOSE_MS = 2_500;
const LIFE_MS = 20_000;

describe.each(['a queue', 'sessions that do not come'])('an application that reads %s', (what) => {
  let emulator: Emulator;
  let proxy: TcpProxy;

  beforeEach(async () => {
    const queues = ['work', 'out', { name: 'sessions', requiresSession: true }];
    emulator = await startEmulator({ port: 0, administrationPort: false, entities: { queues } });
    proxy = await TcpProxy.start(emulator.port);
    proxy.conditions = { latencyMs: ROUND_TRIP_MS / 2 };
  });

  afterEach(async () => {
    await proxy.close();
    await emulator.close();
  });

  it('closes in a moment at any time after its start, and lets the process end', async () => {
    const connectionString = emulator.connectionString.replace(/:\d+;/, `:${proxy.port};`);
    const child = spawn(process.execPath, ['--import', LOADER, WORKER], {
      env: {
        PATH: process.env['PATH'],
        NO_COLOR: '1',
        WORKER_CONNECTION: connectionString,
        ...(what !== 'a queue' && { WORKER_SESSIONS: '1' }),
      },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let output = '';
    let lastCloseAtMs = 0;
    let patience: NodeJS.Timeout | undefined;
    child.stderr.setEncoding('utf8').on('data', (text: string) => (output += text));
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      output += text;
      lastCloseAtMs = performance.now();
      clearTimeout(patience);
      patience = setTimeout(() => child.kill('SIGKILL'), LIFE_MS);
    });
    await once(child, 'close');
    clearTimeout(patience);
    if (child.exitCode !== 0) throw new Error(`ended with ${child.signalCode ?? child.exitCode}: ${output}`);
    expect(performance.now() - lastCloseAtMs).toBeLessThan(LIFE_MS);
    const times = [...output.matchAll(/closed in (\d+) ms/g)].map(([, ms]) => Number(ms));
    expect(times).toHaveLength(9);
    expect(Math.max(...times)).toBeLessThan(CLOSE_MS);
  });
});

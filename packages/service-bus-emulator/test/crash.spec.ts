import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';

import { ServiceBusClient } from '@azure/service-bus';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';

import { QUICK } from './support/emulator-scene.js';
import { until } from '../../../test/support/until.js';

describe('a standalone emulator with a data directory, killed without warning', () => {
  let directory: string;
  const processes: ChildProcess[] = [];

  beforeEach(async () => {
    directory = await mkdtemp(path.join(tmpdir(), 'emulator-'));
  });

  afterEach(async () => {
    for (const process of processes.splice(0)) await kill(process);
    await rm(directory, { recursive: true });
  });

  async function kill(process: ChildProcess): Promise<void> {
    if (process.exitCode !== null || process.signalCode !== null) return;
    process.kill('SIGKILL');
    await once(process, 'exit');
  }

  async function start(): Promise<{ process: ChildProcess; connectionString: string }> {
    const options = ['--config', 'Config.json', '--port', '0', '--admin-port', '0', '--data', directory];
    const child = spawn(
      process.execPath,
      ['--import', './test/support/typescript.js', 'packages/service-bus-emulator/src/main.ts', ...options],
      { stdio: ['ignore', 'pipe', 'inherit'] },
    );
    processes.push(child);
    let output = '';
    for await (const chunk of child.stdout.setEncoding('utf8').iterator({ destroyOnReturn: false })) {
      output += String(chunk);
      if (output.includes('administration')) break;
    }
    return { process: child, connectionString: /Endpoint=\S+/.exec(output)?.[0] ?? '' };
  }

  it('has every message that it has acknowledged, and none that was completed', async () => {
    const first = await start();
    const client = new ServiceBusClient(first.connectionString, QUICK);
    const sender = client.createSender('relay-in');
    const acknowledged = new Set<string>();
    const completed = new Set<string>();

    let isAlive = true;
    const sendOn = async (lane: number): Promise<void> => {
      for (let index = 0; isAlive; index += 1) {
        const messageId = `m${lane}-${index}`;
        await sender.sendMessages({ body: index, messageId });
        acknowledged.add(messageId);
      }
    };
    const sends = Array.from({ length: 200 }, (_, lane) => sendOn(lane));
    const receiver = client.createReceiver('relay-in');
    const messages = await receiver.receiveMessages(100);
    const completions = messages.map(async (message) => {
      await receiver.completeMessage(message);
      completed.add(String(message.messageId));
    });
    await Promise.any(completions);
    await until(() => acknowledged.size >= 1_000);
    isAlive = false;
    first.process.kill('SIGKILL');
    await once(first.process, 'exit');
    void Promise.allSettled([...sends, ...completions]);
    void client.close().catch(() => undefined);

    const second = await start();
    const again = new ServiceBusClient(second.connectionString, QUICK);
    const found = new Set<string>();
    const drain = again.createReceiver('relay-in', { receiveMode: 'receiveAndDelete' });
    for (;;) {
      const batch = await drain.receiveMessages(500, { maxWaitTimeInMs: 500 });
      if (batch.length === 0) break;
      for (const { messageId } of batch) found.add(String(messageId));
    }
    await again.close();

    const lost = [...acknowledged].filter(
      (id) => !found.has(id) && !messages.some(({ messageId }) => messageId === id),
    );
    expect(acknowledged.size).toBeGreaterThanOrEqual(1_000);
    expect(lost).toEqual([]);
    expect([...completed].filter((id) => found.has(id))).toEqual([]);
  });
});

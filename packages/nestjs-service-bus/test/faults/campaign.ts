import { ServiceBusClient } from '@azure/service-bus';
import { expect } from '@jest/globals';

import { type Emulator, type EmulatorOptions, startEmulator } from 'service-bus-emulator';
import { Checker } from './checker.js';
import { until } from '../../../../test/support/until.js';
import { type Death, WorkerProcess } from './worker-process.js';

const SEND_AT_ONCE = 250;
const TAKE_AT_ONCE = 1_000;
const ENTITIES: EmulatorOptions['entities'] = {
  queues: [
    { name: 'work', lockDurationMs: 2_000, maxDeliveryCount: 2_000 },
    { name: 'out', requiresDuplicateDetection: true, duplicateDetectionHistoryTimeWindowMs: 3_600_000 },
  ],
};

/** True in the full campaign, false in normal test runs. */
const IS_FULL = process.env['FAULTS'] === 'full';

/** Chooses `full` in the full campaign, `short` in normal test runs. */
export function scale<T>(full: T, short: T): T {
  return IS_FULL ? full : short;
}

/** An emulator, workers between its queues `work` and `out`, and a checker of the outputs. */
export class Campaign {
  private readonly checker = new Checker();
  private readonly workers: WorkerProcess[] = [];

  private constructor(
    private broker: Emulator,
    private readonly options: EmulatorOptions,
  ) {}

  static async open(options: Partial<EmulatorOptions> = {}): Promise<Campaign> {
    const all = { port: 0, administrationPort: false, entities: ENTITIES, ...options } as const;
    return new Campaign(await startEmulator(all), all);
  }

  get emulator(): Emulator {
    return this.broker;
  }

  /** Number of outputs so far. */
  get outputCount(): number {
    return this.count('out');
  }

  /** The connection string, with another port if one is given. */
  connectionString(port = this.broker.port): string {
    return this.broker.connectionString.replace(`:${this.broker.port}`, `:${port}`);
  }

  /** Sends messages and waits until the broker has accepted them. */
  async send(count: number): Promise<void> {
    const client = new ServiceBusClient(this.connectionString());
    const sender = client.createSender('work');
    for (let start = 0; start < count; start += SEND_AT_ONCE) {
      const length = Math.min(SEND_AT_ONCE, count - start);
      const ids = Array.from({ length }, (_, index) => `m${start + index}`);
      for (const id of ids) this.checker.attempt(id);
      await sender.sendMessages(ids.map((id) => ({ body: id, messageId: id })));
      for (const id of ids) this.checker.acknowledge(id);
    }
    await client.close();
  }

  startWorker({ port, death }: { port?: number; death?: Death } = {}): WorkerProcess {
    const worker = WorkerProcess.start(this.connectionString(port), death);
    this.workers.push(worker);
    return worker;
  }

  /** Waits for `count` outputs. */
  async outputs(count: number, timeoutMs = 60_000): Promise<void> {
    await this.until(() => this.outputCount >= count, `${count} outputs`, timeoutMs);
  }

  /** Stops the broker for a while and restarts it with its stored messages. */
  async restartBroker(awayMs: number): Promise<void> {
    const { port } = this.broker;
    await this.broker.close();
    await new Promise((resolve) => setTimeout(resolve, awayMs));
    this.broker = await startEmulator({ ...this.options, port });
  }

  /** Waits until the input is empty, and expects each message exactly once in the output and nowhere else. */
  async judge(count: number, timeoutMs = 60_000): Promise<void> {
    await this.until(() => this.count('work') === 0, 'an empty input', timeoutMs);
    await this.endWorkers();
    await this.takeOutputs();
    expect(this.checker.verdict()).toEqual({
      attempted: count,
      acknowledged: count,
      lost: [],
      duplicated: [],
      recovered: [],
      unexpected: [],
    });
    const left = ['work', 'work/$DeadLetterQueue', 'out', 'out/$DeadLetterQueue'].map((entity) =>
      this.count(entity),
    );
    expect(left).toEqual([0, 0, 0, 0]);
  }

  async close(): Promise<void> {
    await this.endWorkers();
    await this.broker.close();
  }

  private async endWorkers(): Promise<void> {
    await Promise.all(this.workers.splice(0).map((worker) => worker.kill()));
  }

  private count(entity: string): number {
    const { active, deferred, scheduled } = this.broker.entity(entity).counts;
    return active + deferred + scheduled;
  }

  private async takeOutputs(): Promise<void> {
    const client = new ServiceBusClient(this.connectionString());
    const receiver = client.createReceiver('out', { receiveMode: 'receiveAndDelete' });
    while (this.count('out') > 0) {
      for (const { body } of await receiver.receiveMessages(TAKE_AT_ONCE, { maxWaitTimeInMs: 1_000 })) {
        this.checker.output(String(body));
      }
    }
    await client.close();
  }

  private async until(isTrue: () => boolean, what: string, timeoutMs: number): Promise<void> {
    try {
      await until(isTrue, timeoutMs);
    } catch {
      const { outputCount } = this;
      const words = this.workers.map(({ output }) => output).join('\n');
      throw new Error(
        `no ${what} within ${timeoutMs} ms; ${outputCount} outputs, work ${this.count('work')}\n${words}`,
      );
    }
  }
}

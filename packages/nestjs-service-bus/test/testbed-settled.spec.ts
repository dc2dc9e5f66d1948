import { afterEach, describe, expect, it } from '@jest/globals';

import { Controller, Inject, type Type } from '@nestjs/common';
import { ClientsModule, MessagePattern } from '@nestjs/microservices';
import { firstValueFrom } from 'rxjs';

import { until } from '../../../test/support/until.js';
import {
  type BindingOptions,
  DeferException,
  ServiceBusClientProxy,
  ServiceBusMessageBuilder,
  ServiceBusModule,
  ServiceBusServer,
} from '../src/index.js';
import { ServiceBusTestbed, type ServiceBusTestbedOptions } from '../src/testing.js';
import { BATCH_HANDLER, BatchController } from './support/batch-controller.js';
import { WORK_HANDLER, WorkController, type WorkHandler } from './support/work-controller.js';

@Controller()
class FailingController {
  @MessagePattern('failing')
  fail(): void {
    throw new Error('try again');
  }
}

@Controller()
class AskingController {
  constructor(@Inject('ASKED') private readonly asked: ServiceBusClientProxy) {}

  @MessagePattern('work')
  ask(): Promise<unknown> {
    return firstValueFrom(this.asked.send('asked', 1));
  }
}

describe('ServiceBusTestbed.settled', () => {
  let bus: ServiceBusTestbed;
  let release = (): void => undefined;
  const hang = (): Promise<void> => new Promise((resolve) => (release = resolve));

  async function open(options: ServiceBusTestbedOptions): Promise<void> {
    bus = await ServiceBusTestbed.create({ logger: false, timeoutMs: 20_000, ...options });
  }

  function openWork(handler: WorkHandler, binding: BindingOptions = {}, ...others: Type[]): Promise<void> {
    return open({
      imports: [ServiceBusModule.forFeature({ pattern: 'work', ...binding })],
      controllers: [WorkController, ...others],
      providers: [{ provide: WORK_HANDLER, useValue: handler }],
    });
  }

  function message(id: string, set?: (builder: ServiceBusMessageBuilder<unknown>) => unknown): unknown {
    const builder = new ServiceBusMessageBuilder<unknown>(id).setMessageId(id);
    set?.(builder);
    return builder.build();
  }

  /** What it says is still to be done, after its first line; asked again until that is what is expected. */
  async function expectUnsettled(expected: readonly unknown[]): Promise<void> {
    for (let asked = 1; ; asked++) {
      const error: unknown = await bus.settled({ timeoutMs: 100 }).catch((reason: unknown) => reason);
      const [first, ...lines] = (error as Error).message.split('\n').map((line) => line.trim());
      expect(first).toBe('the application has not settled in 100 ms:');
      try {
        return expect(lines).toEqual(expected);
      } catch (difference) {
        // A busy machine has not come so far yet.
        if (asked === 100) throw difference;
      }
    }
  }

  afterEach(async () => {
    release();
    bus.emulator.faults.clear();
    await bus.close();
  });

  it.each<[string, WorkHandler, BindingOptions, Parameters<typeof message>[1]]>([
    ['a retry', () => Promise.reject(new Error('try again')), {}, undefined],
    ['a deferred message', () => Promise.reject(new DeferException()), {}, undefined],
    ['a scheduled message', () => undefined, {}, (builder) => builder.setDelayMs(1)],
    [
      'a session that waits',
      () => Promise.reject(new Error()),
      { sessions: {} },
      (one) => one.setSessionId('a'),
    ],
    ['an open circuit', () => Promise.reject(new Error()), { circuitBreaker: { minMessages: 1 } }, undefined],
  ])('leaves to the clock, or to nobody: %s', async (_what, handler, binding, set) => {
    await openWork(handler, binding);
    await bus.send('work', message('1', set));
    await bus.send('work', message('2', set));
    await bus.settled({ timeoutMs: 5_000 });
    expect(bus.completed).toEqual([]);
  });

  it('leaves a message to nobody whose queue nobody reads', async () => {
    await open({ imports: [ServiceBusModule.forFeature({ senders: ['audit'] })] });
    await bus.send('audit', 1);
    await bus.settled();
    expect(bus.entity('audit').messageCount).toBe(1);
  });

  it('leaves a message whose lock was lost to the clock, until the broker gives it out again', async () => {
    await openWork(() => undefined);
    bus.emulator.faults.failSettlements(1);
    await bus.send('work', message('1'));
    await bus.settled();
    expect([bus.completed.length, bus.entity('work').lockedCount]).toEqual([0, 1]);
    await bus.clock.advance(120_000);
    expect(bus.completed).toMatchObject([{ messageId: '1', body: '1', attempt: 2 }]);
  });

  it('names the handlers that do not end, and what waits for its turn behind them', async () => {
    await openWork(hang, { maxConcurrentCalls: 1, prefetch: 10 });
    for (const id of ['1', '2', '3', '4', '5', '6', '7']) await bus.send('work', message(id));
    await expectUnsettled([
      'work: the handler has not ended for message 1, attempt 1',
      ...['2', '3', '4', '5'].map((id) => `work: message ${id} waits for its turn`),
      expect.stringMatching(/^work: (one more message is|\d+ more messages are) in work$/),
    ]);
  });

  it('closes without waiting for a handler that was waited for in vain', async () => {
    await open({
      controllers: [WorkController],
      providers: [{ provide: WORK_HANDLER, useValue: hang }],
      module: { drainTimeoutMs: 3_600_000 },
    });
    await bus.send('work', message('1'));
    await expectUnsettled(['work: the handler has not ended for message 1, attempt 1']);
    // Longer than this test may take.
    await bus.close();
    expect(bus.completed).toEqual([]);
  });

  it('names the session of a handler that does not end', async () => {
    await openWork(hang, { sessions: {} });
    await bus.send(
      'work',
      message('1', (builder) => builder.setSessionId('a')),
    );
    await expectUnsettled(['work: the handler has not ended for message 1 of session a, attempt 1']);
  });

  it('says what the clock could move on, which a handler may wait for', async () => {
    await openWork(hang, {}, FailingController);
    await bus.send('failing', 1);
    await bus.send(
      'failing',
      message('2', (builder) => builder.setDelayMs(1_000)),
    );
    await bus.settled();
    await bus.send('work', message('1'));
    await expectUnsettled([
      'work: the handler has not ended for message 1, attempt 1',
      'and until the clock is moved on, these wait:',
      'failing: a retry, a scheduled message',
    ]);
  });

  it('says that a batch may not be full: that goes by the time of the machine', async () => {
    await open({
      imports: [
        ServiceBusModule.forFeature({ pattern: 'work', batch: { maxMessages: 2, maxWaitMs: 60_000 } }),
      ],
      controllers: [BatchController],
      providers: [{ provide: BATCH_HANDLER, useValue: () => undefined }],
    });
    await bus.send('work', message('1'));
    await expectUnsettled([
      'work: the handler has not ended for message 1, attempt 1, or its batch is not full',
    ]);
    await bus.send('work', message('2'));
    await bus.settled();
  });

  it('says that a request has no answer: its handler has not ended', async () => {
    await open({
      imports: ({ connectionString }) => [
        ClientsModule.register([
          {
            name: 'ASKED',
            customClass: ServiceBusClientProxy,
            options: { connectionString, replyQueue: 'answers' },
          },
        ]),
      ],
      controllers: [AskingController],
      entities: { queues: ['asked'] },
    });
    await bus.send('work', message('1'));
    await expectUnsettled(['work: the handler has not ended for message 1, attempt 1']);
  });

  it('says that a result is not accepted, and by what time its delayed answer comes', async () => {
    await openWork(() => 'done', { replyTo: 'out' });
    bus.emulator.faults.delayAnswers(1_000, 'out');
    await bus.send('work', message('1'));
    await expectUnsettled([
      'work: the result for message 1 has not been accepted',
      'and until the clock is moved on, these wait:',
      'the broker: answers that are delayed, to which advance(…, { awaitHandlers: false }) moves on',
    ]);
    await bus.clock.advance(1_000, { awaitHandlers: false });
    await bus.settled();
    expect(bus.completed).toHaveLength(1);
  });

  it('says that a settlement has no answer', async () => {
    await openWork(hang);
    await bus.send('work', message('1'));
    await expect(bus.settled({ timeoutMs: 100 })).rejects.toThrow('message 1');
    bus.emulator.faults.delayAnswers(1_000, 'work');
    release();
    await expectUnsettled(
      expect.arrayContaining(['work: the broker has not answered the settlement of message 1']) as never,
    );
    await bus.clock.advance(1_000, { awaitHandlers: false });
    await bus.settled();
  });

  it('says why nothing is received', async () => {
    await openWork(() => undefined);
    bus.emulator.faults.refuseLinks(Infinity);
    bus.emulator.dropConnections();
    await until(() => bus.get(ServiceBusServer).health()[0]?.state === 'failing');
    await expectUnsettled([expect.stringMatching(/^work: cannot receive: .*was told to refuse/)]);
  });

  it('names messages that the broker holds back', async () => {
    await openWork(() => undefined);
    bus.emulator.faults.silenceLinks();
    await bus.send('work', message('1'));
    await expectUnsettled(['work: message 1 of work has not come yet']);
  });
});

import { type ServiceBusReceiver, type ServiceBusSender } from '@azure/service-bus';
import { describe, expect, it, jest } from '@jest/globals';
import { Logger } from '@nestjs/common';

import { until } from '../../../test/support/until.js';
import { DeadLetterException, getReceiverToken, getSenderToken, ServiceBusModule } from '../src/index.js';
import { serviceBusScene } from './support/service-bus-scene.js';
import { WORK_HANDLER, WorkController } from './support/work-controller.js';

const key = (right: string, entity: string) => ({
  keyName: right,
  primaryKey: `${right}-${entity}`,
  rights: [right],
});

describe('keys of single entities', () => {
  const scene = serviceBusScene({
    entities: {
      queues: [
        { name: 'in', authorizationRules: [key('Listen', 'in'), key('Send', 'in')] },
        { name: 'Out', authorizationRules: [key('Listen', 'Out'), key('Send', 'Out')] },
        { name: 'in-sessions', requiresSession: true, authorizationRules: [key('Send', 'in-sessions')] },
      ],
    },
  });
  const withKey = (name: string, secret: string, entityPath: string): string =>
    scene.emulator.connectionString
      .replace(/SharedAccessKeyName=[^;]*/, `SharedAccessKeyName=${name}`)
      .replace(/SharedAccessKey=[^;]*/, `SharedAccessKey=${secret}`)
      .replace(/;?$/, `;EntityPath=${entityPath}`);
  const listen = (entity: string): string => withKey('Listen', `Listen-${entity}`, entity);
  const send = (entity: string): string => withKey('Send', `Send-${entity}`, entity);
  /** The application's own connection opens nothing. */
  const useless = (): { connectionString: string } => ({ connectionString: withKey('no', 'key', 'nothing') });

  it('are of the application’s own namespace, however its host is written', async () => {
    const start = (connectionString: string): Promise<unknown> =>
      scene.startWork((payload) => payload, { queue: 'in', connectionString });
    await expect(start(listen('in').replace('127.0.0.1', 'elsewhere.example'))).rejects.toThrow(
      /a connection string of elsewhere\.example:\d+ is given to what belongs to 127\.0\.0\.1:\d+/,
    );
    await start(listen('in').replace('127.0.0.1', 'LocalHost'));
  });

  it('do for a binding: Listen for its input, Send for its output', async () => {
    const handler = jest.fn((payload: unknown) => {
      if (payload === 'bad') throw new DeadLetterException('Bad');
      if (handler.mock.calls.length === 1) throw new Error('again');
      return `${String(payload)}!`;
    });
    const app = await scene.startWork(
      handler,
      {
        queue: 'in',
        connectionString: listen('in'),
        replyTo: 'out',
        replyToConnectionString: send('out').replace('Send-out', 'Send-Out'),
        // A copy would take the right to send to the input: the lock is held instead.
        retry: { delayMs: 1, maxDelayMs: 1, maxHoldMs: 0 },
      },
      useless(),
    );
    await scene.send('in', { body: 'one' });
    await until(() => scene.left('Out') === 1);
    await scene.send('in', { body: 'two' }, { body: 'bad' });
    await until(() => scene.left('Out') === 2 && scene.left('in/$DeadLetterQueue') === 1);
    expect((await scene.take('Out', 2)).map(({ body }) => body as unknown)).toEqual(['one!', 'two!']);
    expect(await app.health.isHealthy()).toMatchObject({
      'service-bus': { status: 'up' },
      'service-bus:work': { status: 'up' },
    });
  });

  it('do for a binding to a dead-letter queue', async () => {
    await scene.send('in', { body: 'bad' });
    const receiver = scene.client.createReceiver('in');
    const [bad] = await receiver.receiveMessages(1);
    if (bad) await receiver.deadLetterMessage(bad);
    await receiver.close();
    const handler = jest.fn<(payload: unknown) => void>();
    await scene.startWork(
      handler,
      { queue: 'in/$DeadLetterQueue', connectionString: listen('in') },
      useless(),
    );
    await until(() => scene.left('in/$DeadLetterQueue') === 0);
    expect(handler.mock.calls[0]?.[0]).toBe('bad');
  });

  it('that lack a right are told of at the start, with the right', async () => {
    const error = jest.spyOn(Logger.prototype, 'error').mockReturnValue();
    const controllers = [WorkController];
    const providers = [{ provide: WORK_HANDLER, useValue: () => 'result' }];
    try {
      for (const queue of ['in', 'in-sessions']) {
        const binding = {
          queue,
          ...(queue !== 'in' && { sessions: {} }),
          connectionString: send(queue),
          replyTo: 'Out',
          replyToConnectionString: listen('Out'),
        };
        const imports = [ServiceBusModule.forFeature({ pattern: 'work', ...binding })];
        const app = await scene.startApp({ controllers, providers, imports, options: useless() });
        const lines = (): string[] => error.mock.calls.map(([line]) => String(line));
        await until(() => lines().length === 2);
        expect(lines().sort()).toEqual([
          expect.stringMatching(/^work \(in.*\): not receiving, .* with the right Listen$/),
          expect.stringMatching(/^work: results cannot be sent to Out, .* with the right Send$/),
        ]);
        await app.close();
        error.mockClear();
      }
    } finally {
      error.mockRestore();
    }
  });

  it('do for injected senders and receivers', async () => {
    const { app } = await scene.startApp({
      imports: [
        ServiceBusModule.forFeature({
          senders: { in: { entity: 'in', connectionString: send('in') } },
          receivers: { in: { queue: 'in', connectionString: listen('in') } },
        }),
      ],
      options: useless(),
    });
    const sender = app.get<ServiceBusSender>(getSenderToken('in'), { strict: false });
    const receiver = app.get<ServiceBusReceiver>(getReceiverToken('in'), { strict: false });
    await sender.sendMessages({ body: 'hello' });
    const [message] = await receiver.receiveMessages(1);
    expect(message?.body).toBe('hello');
    if (message) await receiver.completeMessage(message);
    expect(scene.left('in')).toBe(0);
  });
});

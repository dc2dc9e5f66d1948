import { type ServiceBusReceivedMessage, type ServiceBusReceiver } from '@azure/service-bus';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';

import { TcpProxy } from '../../../test/support/tcp-proxy.js';
import { until } from '../../../test/support/until.js';
import { type BindingOptions } from '../src/index.js';
import { serviceBusScene } from './support/service-bus-scene.js';
import { type ServiceBusApp } from './support/start-service-bus-app.js';
import { type WorkHandler } from './support/work-controller.js';

const LOCK_MS = 1_000;
/** What the network holds back comes when its lock is over for sure. */
const STALLED_MS = 2 * LOCK_MS;

describe('when a lock ends before its message’s turn comes', () => {
  const scene = serviceBusScene({
    entities: {
      queues: [
        { name: 'work', lockDurationMs: LOCK_MS },
        { name: 'sessions', lockDurationMs: LOCK_MS, requiresSession: true },
        'out',
      ],
    },
  });
  let network: TcpProxy;

  beforeEach(async () => {
    network = await TcpProxy.start(scene.emulator.port);
  });
  afterEach(() => network.close());

  /** All of the application's traffic goes through the network; it has processed a message when this resolves. */
  const start = async (handler: WorkHandler, binding: BindingOptions = {}): Promise<ServiceBusApp> => {
    const { connectionString } = scene.emulator;
    const app = await scene.startWork(
      handler,
      { replyTo: 'out', ...binding },
      { connectionString: connectionString.replace(/:\d+;/, `:${network.port};`) },
    );
    await scene.send(binding.queue ?? 'work', { body: 'first', sessionId: 'first' });
    await until(() => scene.left('out') === 1 && scene.left(binding.queue ?? 'work') === 0);
    return app;
  };

  /** What another one gets once the lock of the application is over. */
  const takeElsewhere = async (receiver: ServiceBusReceiver): Promise<ServiceBusReceivedMessage> => {
    const [message] = await receiver.receiveMessages(1, { maxWaitTimeInMs: 20_000 });
    if (!message) throw new Error('the message did not come again');
    return message;
  };

  const results = (): unknown[] =>
    scene.emulator
      .entity('out')
      .messages()
      .map(({ body }) => body);

  it('its result, which waited for a link, does not leave once there is one', async () => {
    let end = (): void => undefined;
    const ended = new Promise<void>((resolve) => (end = resolve));
    const runs: unknown[] = [];
    await start(async (payload) => {
      runs.push(payload);
      if (payload === 'late') await ended;
      return payload;
    });
    await scene.send('work', { body: 'late' });
    await until(() => runs.includes('late'));
    // New connections come about, and take their time to open links.
    network.conditions = { latencyMs: STALLED_MS };
    network.reset();
    end();
    const other = scene.client.createReceiver('work');
    await other.completeMessage(await takeElsewhere(other));
    network.conditions = {};
    // It leaves after everything that waits for the link.
    await scene.send('work', { body: 'last' });
    await until(() => scene.left('work') === 0);
    // On a stalled network the last one may lose its lock, too, and come again.
    expect(runs.filter((run) => run === 'late')).toHaveLength(1);
    expect(results()).not.toContain('late');
  });

  it('what the network held back is not run, but asked about: another one has it by now', async () => {
    const runs: unknown[] = [];
    const handler: WorkHandler = (payload) => {
      runs.push(payload);
      return payload;
    };
    // One message at a time: nothing comes before the late one has come to an end.
    await start(handler, { maxConcurrentCalls: 1, prefetch: 0 });
    network.conditions = { latencyMs: STALLED_MS };
    await scene.send('work', { body: 'late' });
    await until(() => scene.emulator.entity('work').lockedCount === 1);
    network.conditions = {};
    const other = scene.client.createReceiver('work');
    await other.completeMessage(await takeElsewhere(other));
    await scene.send('work', { body: 'last' });
    await until(() => scene.left('work') === 0);
    expect(runs).not.toContain('late');
    expect(results()).not.toContain('late');
  });

  it('nor is a session that was granted long ago', async () => {
    const runs: unknown[] = [];
    const handler: WorkHandler = (payload) => {
      runs.push(payload);
      return payload;
    };
    // While one place holds a session, the other one waits for the next.
    await start(handler, { queue: 'sessions', sessions: { maxConcurrentSessions: 2, idleTimeoutMs: 10 } });
    await until(() => scene.emulator.entity('sessions').heldSessions.length === 0);
    network.conditions = { latencyMs: STALLED_MS };
    await scene.send('sessions', { body: 'late', sessionId: 'late' });
    await until(() => scene.emulator.entity('sessions').heldSessions.includes('late'));
    const other = await scene.client.acceptNextSession('sessions');
    await other.completeMessage(await takeElsewhere(other));
    network.conditions = {};
    await scene.send('sessions', { body: 'last', sessionId: 'last' });
    await until(() => scene.left('sessions') === 0);
    expect(runs).not.toContain('late');
    expect(results()).not.toContain('late');
  });

  it('a session whose release the network held back is given up, and the process goes on', async () => {
    const sessions = { maxConcurrentSessions: 1, idleTimeoutMs: 200 };
    await start((payload) => payload, { queue: 'sessions', sessions });
    // Later than the SDK waits for its credit to come back, it closes the link, and lets nobody see how that ends.
    network.conditions = { latencyMs: STALLED_MS };
    await until(() => scene.emulator.entity('sessions').heldSessions.length === 0);
    network.conditions = {};
    await scene.send('sessions', { body: 'last', sessionId: 'last' });
    await until(() => scene.left('sessions') === 0);
    expect(results()).toContain('last');
  });

  it('a message that waited behind another one is not run: it comes again', async () => {
    let end = (): void => undefined;
    const ended = new Promise<void>((resolve) => (end = resolve));
    const runs: string[] = [];
    let working = 0;
    let most = 0;
    const handler: WorkHandler = async (payload, { message }) => {
      runs.push(`${String(payload)} ${message.deliveryCount}`);
      if (payload === 'waiting') most = Math.max(most, ++working);
      if (runs.length === 2) await ended;
      if (payload === 'waiting') working--;
      return payload;
    };
    await start(handler, { maxConcurrentCalls: 1, prefetch: 1 });
    await scene.send('work', { body: 'slow' });
    await until(() => runs.length === 2);
    await scene.send('work', { body: 'waiting' });
    await until(() => scene.emulator.entity('work').lockedCount === 2);
    scene.emulator.faults.failRenewals(1_000, 'com.microsoft:server-busy', 'work');
    // The first one's handler has not ended: there is room for a message again once the one behind it is given up.
    const comesAgain = (): boolean =>
      scene.emulator
        .entity('work')
        .messages()
        .some(({ locked, deliveryCount }) => locked && deliveryCount > 0);
    await until(comesAgain);
    scene.emulator.faults.clear();
    end();
    await until(() => scene.left('work') === 0);
    expect(runs.slice(0, 2)).toEqual(['first 0', 'slow 0']);
    expect(runs).not.toContain('waiting 0');
    expect(most).toBe(1);
    expect(results().sort()).toEqual(['first', 'slow', 'waiting']);
  });
});

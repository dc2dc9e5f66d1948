import { type ServiceBusReceiver } from '@azure/service-bus';
import { afterEach, describe, expect, it } from '@jest/globals';

import { emulatorScene, receiveOne } from './support/emulator-scene.js';
import { until } from '../../../test/support/until.js';

describe('silence on order', () => {
  const scene = emulatorScene({
    queues: ['work', 'other', 'held', { name: 'sessions', requiresSession: true }],
  });
  afterEach(async () => {
    scene.emulator.faults.clear();
    for (const queue of ['work', 'other', 'held']) {
      const { active } = scene.entity(queue).counts;
      if (active > 0) await scene.take(queue, active);
    }
  });

  /** Subscribes with one credit, and collects what comes; the links of closed receivers are gone by then. */
  async function collect(queue: string): Promise<{ receiver: ServiceBusReceiver; bodies: unknown[] }> {
    const before = scene.entity(queue).receiverCount;
    const receiver = scene.receiver(queue);
    const bodies: unknown[] = [];
    receiver.subscribe({
      processMessage: ({ body }) => Promise.resolve(void bodies.push(body)),
      processError: () => Promise.resolve(),
    });
    await until(() => scene.entity(queue).receiverCount > before);
    return { receiver, bodies };
  }

  it('silenceLinks leaves links open that deliver nothing, and a new link gets the messages', async () => {
    const { receiver: silent, bodies } = await collect('work');
    scene.emulator.faults.silenceLinks('Work');
    await scene.send('work', { body: 1 });
    expect(scene.entity('work').receiverCount).toBe(1);
    expect(await silent.peekMessages(1)).toMatchObject([{ body: 1 }]);

    const fresh = scene.receiver('work');
    const message = await receiveOne(fresh);
    expect(message.body).toBe(1);
    await fresh.completeMessage(message);
    expect(bodies).toEqual([]);
    await Promise.all([fresh.close(), silent.close()]);
  });

  it('silenceLinks lets other entities be', async () => {
    const { receiver, bodies } = await collect('other');
    scene.emulator.faults.silenceLinks('work');
    await scene.send('other', { body: 1 });
    await until(() => bodies.length === 1);
    await receiver.close();
  });

  it('silenceLinks settles what was delivered before', async () => {
    await scene.send('held', { body: 1 });
    const receiver = scene.receiver('held');
    const message = await receiveOne(receiver);
    scene.emulator.faults.silenceLinks();
    await receiver.completeMessage(message);
    expect(scene.entity('held').messages()).toEqual([]);
    await receiver.close();
  });

  it('silenceLinks concerns as many of the next links as it is told', async () => {
    scene.emulator.faults.silenceLinks('work', 1);
    const first = await collect('work');
    await scene.send('work', { body: 1 });
    const second = await collect('work');
    await until(() => second.bodies.length === 1);
    expect(first.bodies).toEqual([]);
    await Promise.all([first.receiver.close(), second.receiver.close()]);
  });

  it('silenceLinks silences the receivers of sessions', async () => {
    const session = await scene.client.acceptSession('sessions', 's', { maxAutoLockRenewalDurationInMs: 0 });
    const bodies: unknown[] = [];
    session.subscribe({
      processMessage: ({ body }) => Promise.resolve(void bodies.push(body)),
      processError: () => Promise.resolve(),
    });
    scene.emulator.faults.silenceLinks('sessions');
    await scene.send('sessions', { body: 1, sessionId: 's' });
    expect(await session.peekMessages(1)).toMatchObject([{ body: 1 }]);
    expect(bodies).toEqual([]);
    await session.close();
  });

  it('clear lets silent links deliver what they have credit for', async () => {
    const { receiver, bodies } = await collect('work');
    scene.emulator.faults.silenceLinks();
    await scene.send('work', { body: 1 });
    scene.emulator.faults.clear();
    await until(() => bodies.length === 1);
    await receiver.close();
  });

  it('silenceConnections leaves connections open that carry nothing; new ones work, and clear cuts them', async () => {
    const client = scene.connect({ retryOptions: { maxRetries: 0, timeoutInMs: 300 } });
    const sender = client.createSender('work');
    await sender.sendMessages({ body: 1 });
    scene.emulator.faults.silenceConnections();
    await expect(sender.sendMessages({ body: 2 })).rejects.toThrow();
    expect(scene.entity('work').counts.active).toBe(1);

    const other = scene.connect();
    await other.createSender('work').sendMessages({ body: 3 });
    expect(scene.entity('work').counts.active).toBe(2);

    scene.emulator.faults.clear();
    await until(async () => {
      await sender.sendMessages({ body: 4 }).catch(() => undefined);
      return scene.entity('work').counts.active === 3;
    });
  });
});

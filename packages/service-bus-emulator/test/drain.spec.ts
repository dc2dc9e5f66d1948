import { describe, expect, it } from '@jest/globals';

import { emulatorScene, receiveOne } from './support/emulator-scene.js';

describe('unused credit', () => {
  const scene = emulatorScene({
    queues: ['fewer', 'none', 'racing', 'left-alone', 'prompt', { name: 'sessions', requiresSession: true }],
  });

  it('is given back if there are fewer messages than requested, and the link is used again', async () => {
    await scene.send('fewer', { body: 1 }, { body: 2 }, { body: 3 });
    const receiver = scene.receiver('fewer');
    const started = performance.now();
    expect(await receiver.receiveMessages(10, { maxWaitTimeInMs: 5_000 })).toHaveLength(3);
    expect(performance.now() - started).toBeLessThan(4_000);
    expect(scene.entity('fewer').receiverCount).toBe(1);

    await scene.send('fewer', { body: 4 });
    expect((await receiveOne(receiver)).body).toBe(4);
    expect(scene.entity('fewer').receiverCount).toBe(1);
  });

  it('is given back at once if no message comes', async () => {
    const receiver = scene.receiver('none');
    const times: number[] = [];
    for (let round = 0; round < 10; round += 1) {
      const started = performance.now();
      expect(await receiver.receiveMessages(5, { maxWaitTimeInMs: 20 })).toEqual([]);
      times.push(performance.now() - started);
    }
    // An unanswered drain would cost the SDK 200 ms, and the link.
    expect(Math.min(...times)).toBeLessThan(190);
    expect(scene.entity('none').receiverCount).toBe(1);
    await scene.send('none', { body: 'after' });
    expect(scene.entity('none').lockedCount).toBe(0);
    expect((await receiveOne(receiver)).body).toBe('after');
  });

  it('can cross with messages in flight, of which none is lost', async () => {
    const sender = scene.client.createSender('racing');
    const receiver = scene.receiver('racing', { receiveMode: 'receiveAndDelete' });
    const bodies: unknown[] = [];
    let sending = true;
    const receiving = (async () => {
      for (let idle = 0; idle < 3;) {
        const messages = await receiver.receiveMessages(7, { maxWaitTimeInMs: 3 });
        bodies.push(...messages.map(({ body }) => body as number));
        idle = messages.length === 0 && !sending ? idle + 1 : 0;
      }
    })();
    for (let body = 0; body < 300; body += 1) await sender.sendMessages({ body });
    sending = false;
    await receiving;
    expect(bodies).toEqual(Array.from({ length: 300 }, (_, index) => index));
  });

  it('is granted without delaying what the client sends next', async () => {
    const sender = scene.client.createSender('prompt');
    const receiver = scene.receiver('prompt', { receiveMode: 'receiveAndDelete' });
    await sender.sendMessages({ body: 'open' });
    await receiveOne(receiver);
    const times: number[] = [];
    for (let round = 0; round < 31; round += 1) {
      const receiving = receiveOne(receiver);
      // So that the credit leaves first, in a packet of its own.
      for (let turn = 0; turn < 5; turn += 1) await new Promise((resolve) => setImmediate(resolve));
      const started = performance.now();
      await sender.sendMessages({ body: round });
      times.push(performance.now() - started);
      await receiving;
    }
    // A client's socket keeps the message back until the credit is acknowledged, which the system does after 40 ms.
    expect(times.sort((a, b) => a - b)[15]).toBeLessThan(35);
  });

  it('does not reach later messages', async () => {
    const receiver = scene.receiver('left-alone');
    await receiver.receiveMessages(5, { maxWaitTimeInMs: 20 });
    await scene.send('left-alone', { body: 1 });
    expect(scene.entity('left-alone')).toMatchObject({ lockedCount: 0, counts: { active: 1 } });
  });

  it('is given back inside sessions', async () => {
    await scene.send('sessions', { body: 1, sessionId: 's' });
    const receiver = await scene.client.acceptSession('sessions', 's', { maxAutoLockRenewalDurationInMs: 0 });
    expect(await receiver.receiveMessages(3, { maxWaitTimeInMs: 2_000 })).toHaveLength(1);
    expect(await receiver.receiveMessages(3, { maxWaitTimeInMs: 20 })).toEqual([]);
    await scene.send('sessions', { body: 2, sessionId: 's' });
    expect((await receiveOne(receiver)).body).toBe(2);
    await receiver.close();
  });
});

import { describe, expect, it } from '@jest/globals';

import { emulatorScene, receiveOne, serviceBusError } from './support/emulator-scene.js';
import { until } from '../../../test/support/until.js';

describe('message locks', () => {
  const scene = emulatorScene({
    queues: [
      'expires',
      'late',
      'renewed',
      'lost',
      'outlives',
      { name: 'two-tries', maxDeliveryCount: 2, lockDurationMs: 5_000 },
    ],
  });

  it('expire after the lock duration: the message returns to the head with one more delivery', async () => {
    await scene.send('expires', { body: 'first' }, { body: 'second' });
    const receiver = scene.receiver('expires');
    const message = await receiveOne(receiver);
    expect(message.lockedUntilUtc?.getTime()).toBe(Math.trunc(scene.clock.now()) + 60_000);

    scene.clock.advance(59_999);
    expect(scene.entity('expires').lockedCount).toBe(1);
    scene.clock.advance(1);
    expect(scene.entity('expires').lockedCount).toBe(0);
    expect(await receiveOne(receiver)).toMatchObject({ body: 'first', deliveryCount: 1 });
  });

  it('refuse every settlement when they are lost', async () => {
    await scene.send('late', { body: 1 });
    const receiver = scene.receiver('late');
    for (const settle of [
      'completeMessage',
      'abandonMessage',
      'deferMessage',
      'deadLetterMessage',
    ] as const) {
      const message = await receiveOne(receiver);
      scene.clock.advance(60_000);
      await expect(receiver[settle](message)).rejects.toMatchObject(serviceBusError('MessageLockLost'));
    }
    expect(scene.entity('late').counts).toEqual({ active: 1, deferred: 0, scheduled: 0 });
  });

  it('last for the lock duration again after a renewal', async () => {
    await scene.send('renewed', { body: 1 });
    const receiver = scene.receiver('renewed');
    const message = await receiveOne(receiver);
    scene.clock.advance(40_000);
    const lockedUntil = await receiver.renewMessageLock(message);
    expect(lockedUntil.getTime()).toBe(Math.trunc(scene.clock.now()) + 60_000);
    expect(message.lockedUntilUtc).toEqual(lockedUntil);
    scene.clock.advance(40_000);
    await receiver.completeMessage(message);
    expect(scene.entity('renewed').messages()).toEqual([]);
  });

  it('cannot be renewed when they are lost', async () => {
    await scene.send('lost', { body: 1 });
    const receiver = scene.receiver('lost');
    const message = await receiveOne(receiver);
    scene.clock.advance(60_000);
    await expect(receiver.renewMessageLock(message)).rejects.toMatchObject(
      serviceBusError('MessageLockLost'),
    );
  });

  it('dead-letter the message if they expire too often', async () => {
    await scene.send('two-tries', { body: 1 });
    const receiver = scene.receiver('two-tries');
    for (let attempt = 0; attempt < 2; attempt += 1) {
      await receiveOne(receiver);
      scene.clock.advance(5_000);
    }
    expect(scene.entity('two-tries').messages()).toEqual([]);
    expect(await receiveOne(scene.receiver('two-tries/$DeadLetterQueue'))).toMatchObject({
      deadLetterReason: 'MaxDeliveryCountExceeded',
    });
  });

  it('outlive the link that they came on', async () => {
    await scene.send('outlives', { body: 1 });
    const receiver = scene.receiver('outlives');
    const message = await receiveOne(receiver);
    await receiver.close();
    await until(() => scene.entity('outlives').receiverCount === 0);
    expect(scene.entity('outlives').lockedCount).toBe(1);
    const lockedUntil = await scene.receiver('outlives').renewMessageLock(message);
    expect(lockedUntil.getTime()).toBeGreaterThanOrEqual(Math.trunc(scene.clock.now()) + 60_000);
  });
});

describe('message locks that end with their link', () => {
  const scene = emulatorScene({ queues: ['orders'] }, { locksEndWithLink: true });

  it('end as soon as the receiver has closed', async () => {
    await scene.send('orders', { body: 1 });
    const first = scene.receiver('orders');
    const message = await receiveOne(first);
    await first.close();
    await until(() => scene.entity('orders').lockedCount === 0);
    const second = scene.receiver('orders');
    await expect(second.completeMessage(message)).rejects.toMatchObject(serviceBusError('MessageLockLost'));
    expect(await receiveOne(second)).toMatchObject({ body: 1, deliveryCount: 1 });
  });
});

describe('message locks under the renewal of the SDK', () => {
  // The SDK goes by the time of day.
  const scene = emulatorScene({ queues: [{ name: 'slow', lockDurationMs: 1_500 }] }, { clock: undefined });

  it('are kept for much longer than the lock duration', async () => {
    await scene.send('slow', { body: 1 });
    const receiver = scene.receiver('slow', { maxAutoLockRenewalDurationInMs: 60_000 });
    const deliveryCounts: unknown[] = [];
    receiver.subscribe({
      processMessage: async ({ deliveryCount, lockedUntilUtc }) => {
        deliveryCounts.push(deliveryCount);
        const lockedUntil = lockedUntilUtc!.getTime();
        await until(() => Date.now() > lockedUntil + 1_000);
      },
      processError: () => Promise.resolve(),
    });
    await until(() => deliveryCounts.length > 0 && scene.entity('slow').messageCount === 0);
    expect(deliveryCounts).toEqual([0]);
    await receiver.close();
  });
});

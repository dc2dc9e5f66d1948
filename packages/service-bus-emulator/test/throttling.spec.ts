import { afterEach, describe, expect, it } from '@jest/globals';

import { AmqpClient } from './support/amqp-client.js';
import { emulatorScene, receiveAll, receiveOne, serviceBusError } from './support/emulator-scene.js';
import { until } from '../../../test/support/until.js';

// Two attempts, as the scene's clients make, fail together.
const throttled = {
  errors: Array.from({ length: 2 }, () =>
    serviceBusError('ServiceBusy', /throttled\. Error code : 50009\. Please/),
  ),
};
const numbers = (count: number) => Array.from({ length: count }, (_, body) => ({ body }));

describe('throttling', () => {
  const filters = Array.from({ length: 100 }, (_, index) => `s${index}`);
  const scene = emulatorScene(
    { queues: ['orders', 'others'], topics: [{ name: 'events', subscriptions: filters }] },
    { throttling: true },
  );
  const nextSecond = () => scene.clock.advance(1_000);
  afterEach(() => {
    nextSecond();
    scene.emulator.reset();
  });

  it('refuses to send once 1,000 messages were sent in a second, to whatever entity', async () => {
    await scene.client.createSender('orders').sendMessages(numbers(1_000));
    const sender = scene.client.createSender('others');
    await expect(sender.sendMessages({ body: 1 })).rejects.toMatchObject(throttled);
    await expect(sender.scheduleMessages({ body: 1 }, new Date())).rejects.toMatchObject(throttled);
    await expect(scene.receiver('others').peekMessages(1)).rejects.toMatchObject(throttled);
    nextSecond();
    await sender.sendMessages({ body: 1 });
    expect(scene.entity('others').counts.active).toBe(1);
  });

  it('counts each filter that is evaluated', async () => {
    const sender = scene.client.createSender('events');
    await sender.sendMessages(numbers(9));
    await sender.sendMessages({ body: 1 });
    await expect(sender.sendMessages({ body: 1 })).rejects.toMatchObject(throttled);
  });

  it('counts the filters that are evaluated when scheduled messages become active, in that second', async () => {
    const sender = scene.client.createSender('events');
    const at = new Date(scene.clock.now() + 60_000);
    await sender.scheduleMessages(numbers(10), at);
    scene.clock.advance(60_000);
    await expect(sender.sendMessages({ body: 1 })).rejects.toMatchObject(throttled);
    nextSecond();
    await sender.sendMessages({ body: 1 });
  });

  it('detaches a receiver that asks for more, and leaves what it cannot settle locked', async () => {
    await scene.send('orders', ...numbers(2));
    const receiver = scene.receiver('orders');
    const [first] = await receiveAll(receiver, 2);
    await scene.client.createSender('others').sendMessages(numbers(1_000));
    // The SDK tries again, and finds the delivery settled.
    await expect(receiver.completeMessage(first!)).rejects.toMatchObject({
      errors: [throttled.errors[0], {}],
    });
    expect(scene.entity('orders').lockedCount).toBe(2);

    const client = await AmqpClient.connect(scene.emulator.port);
    await client.putToken('others');
    const link = await client.receiver('others');
    link.add_credit(1);
    await until(() => link.is_closed());
    expect(link.error).toMatchObject({ condition: 'com.microsoft:server-busy' });
    await client.close();
    nextSecond();
    await receiveOne(scene.receiver('others'));
  });
});

describe('without throttling, or in the premium tier', () => {
  const scene = emulatorScene({ queues: ['orders'] }, { throttling: true, tier: 'premium' });

  it('nothing is refused', async () => {
    const sender = scene.client.createSender('orders');
    await sender.sendMessages(numbers(1_500));
    await sender.sendMessages({ body: 1 });
  });
});

import { describe, expect, it } from '@jest/globals';

import { emulatorScene, receiveOne, serviceBusError } from './support/emulator-scene.js';
import { until } from '../../../test/support/until.js';

const IDLE_MS = 300_000;

describe('an entity with auto-delete on idle', () => {
  const mortal = (name: string) => ({ name, autoDeleteOnIdleMs: IDLE_MS });
  const scene = emulatorScene({
    queues: [mortal('unused'), 'immortal'],
    topics: [{ name: 'events', subscriptions: [mortal('mortal'), 'immortal'] }],
  });
  const notFound = serviceBusError('MessagingEntityNotFound');

  it('is gone after the time, and not before', async () => {
    scene.clock.advance(IDLE_MS - 1);
    expect(scene.entity('unused').messages()).toEqual([]);
    scene.clock.advance(1);
    await expect(scene.send('unused', { body: 1 })).rejects.toMatchObject(notFound);
    expect(scene.entity('immortal').messages()).toEqual([]);
    expect(() => scene.entity('events/Subscriptions/mortal')).toThrow(/could not be found/);
    expect(scene.entity('events/Subscriptions/immortal').messages()).toEqual([]);
  });
});

describe('an entity in use with auto-delete on idle', () => {
  const mortal = (name: string) => ({ name, autoDeleteOnIdleMs: IDLE_MS });
  const scene = emulatorScene({ queues: ['sent-to', 'received-from', 'watched'].map(mortal) });

  it('stays while it is sent to, received from, or has a receiver', async () => {
    const watching = scene.receiver('watched');
    watching.subscribe({ processMessage: () => Promise.resolve(), processError: () => Promise.resolve() });
    await until(() => scene.entity('watched').receiverCount === 1);
    await scene.send('received-from', { body: 1 }, { body: 2 }, { body: 3 });
    for (let round = 0; round < 3; round += 1) {
      scene.clock.advance(IDLE_MS - 1_000);
      await scene.send('sent-to', { body: round });
      const receiver = scene.receiver('received-from');
      await receiver.completeMessage(await receiveOne(receiver));
      await receiver.close();
      await until(() => scene.entity('received-from').receiverCount === 0);
    }
    expect(scene.entity('sent-to').counts.active).toBe(3);
    expect(scene.entity('watched').receiverCount).toBe(1);

    await watching.close();
    await until(() => scene.entity('watched').receiverCount === 0);
    scene.clock.advance(IDLE_MS);
    for (const name of ['sent-to', 'received-from', 'watched']) {
      expect(() => scene.entity(name)).toThrow(/could not be found/);
    }
  });
});

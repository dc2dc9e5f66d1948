import { describe, expect, it } from '@jest/globals';

import { emulatorScene, receiveAll, receiveOne } from './support/emulator-scene.js';
import { until } from '../../../test/support/until.js';

describe('receive and delete', () => {
  const scene = emulatorScene({
    queues: ['gone', 'many', 'streamed', 'asked-for', { name: 'sessions', requiresSession: true }],
  });
  const receiver = (queue: string) => scene.receiver(queue, { receiveMode: 'receiveAndDelete' });

  it('removes a message as it is delivered, without a lock', async () => {
    await scene.send('gone', { body: 1 });
    const message = await receiveOne(receiver('gone'));
    expect(message).toMatchObject({ body: 1, lockToken: undefined });
    expect(message.lockedUntilUtc).toBeUndefined();
    expect(await scene.peek('gone')).toEqual([]);
  });

  it('receives no more than was requested', async () => {
    await scene.send('asked-for', { body: 1 }, { body: 2 }, { body: 3 });
    await receiveAll(receiver('asked-for'), 2);
    expect(await scene.peek('asked-for')).toHaveLength(1);
  });

  it('passes more than 2,048 messages in order', async () => {
    const sender = scene.client.createSender('many');
    for (let sent = 0; sent < 3_000; sent += 500) {
      await sender.sendMessages(Array.from({ length: 500 }, (_, index) => ({ body: sent + index })));
    }
    const messages = await receiveAll(receiver('many'), 3_000);
    expect(messages.map(({ body }) => body as number)).toEqual(
      Array.from({ length: 3_000 }, (_, index) => index),
    );
  });

  it('streams', async () => {
    const bodies: unknown[] = [];
    const streaming = receiver('streamed');
    streaming.subscribe({
      processMessage: ({ body }) => Promise.resolve(void bodies.push(body)),
      processError: () => Promise.resolve(),
    });
    await scene.send('streamed', { body: 1 }, { body: 2 }, { body: 3 });
    await until(() => bodies.length === 3);
    expect(bodies).toEqual([1, 2, 3]);
    expect(await scene.peek('streamed')).toEqual([]);
    await streaming.close();
  });

  it('works in sessions', async () => {
    await scene.send('sessions', { body: 1, sessionId: 's' });
    const session = await scene.client.acceptSession('sessions', 's', { receiveMode: 'receiveAndDelete' });
    expect((await receiveOne(session)).body).toBe(1);
    expect(await scene.peek('sessions')).toEqual([]);
    await session.close();
  });
});

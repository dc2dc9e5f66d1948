import { describe, expect, it } from '@jest/globals';

import { emulatorScene, receiveAll } from './support/emulator-scene.js';

const CLIENTS = 50;
const MESSAGES = 10;
// So many at once may take a while on a busy machine, and the SDK sends a second time what it has waited for too long.
const PATIENT = { retryOptions: { timeoutInMs: 60_000 } };

describe('fifty clients at once', () => {
  const names = Array.from({ length: CLIENTS }, (_, index) => `queue-${index}`);
  const scene = emulatorScene({ queues: [...names, 'shared'] });

  it('send and receive, each on an entity of its own', async () => {
    const received = await Promise.all(
      names.map(async (name, index) => {
        const client = scene.connect(PATIENT);
        const sender = client.createSender(name);
        for (let body = 0; body < MESSAGES; body += 1) await sender.sendMessages({ body: [index, body] });
        const receiver = client.createReceiver(name);
        const messages = await receiveAll(receiver, MESSAGES);
        await Promise.all(messages.map((message) => receiver.completeMessage(message)));
        return messages.map(({ body }) => body as unknown);
      }),
    );
    expect(received).toEqual(
      names.map((_, index) => Array.from({ length: MESSAGES }, (_unused, body) => [index, body])),
    );
    expect(names.every((name) => scene.entity(name).messageCount === 0)).toBe(true);
  });

  it('compete for the messages of one queue: each message goes to one of them', async () => {
    const count = CLIENTS * MESSAGES;
    await scene.client
      .createSender('shared')
      .sendMessages(Array.from({ length: count }, (_, body) => ({ body })));
    const received = await Promise.all(
      names.map(async () => {
        const receiver = scene.connect(PATIENT).createReceiver('shared', { receiveMode: 'receiveAndDelete' });
        const messages = await receiveAll(receiver, MESSAGES);
        return messages.map(({ body }) => body as number);
      }),
    );
    expect(received.flat().sort((a, b) => a - b)).toEqual(Array.from({ length: count }, (_, body) => body));
  });
});

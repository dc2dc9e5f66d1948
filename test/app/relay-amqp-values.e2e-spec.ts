import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';

import {
  AMQP_BODIES,
  propertiesSection,
} from '../../packages/nestjs-service-bus/test/support/amqp-bodies.js';
import { AmqpClient } from '../../packages/service-bus-emulator/test/support/amqp-client.js';
import { type RunningApp, startApp } from '../support/start-app.js';
import { until } from '../support/until.js';

describe('what other languages send, over HTTP', () => {
  let running: RunningApp;
  let foreigner: AmqpClient;
  beforeAll(async () => {
    running = await startApp();
    foreigner = await AmqpClient.connect(running.emulator.port, {
      username: 'RootManageSharedAccessKey',
      password: 'SAS_KEY_VALUE',
    });
  });
  afterAll(async () => {
    await foreigner.close();
    await running.close();
  });

  async function sendAll(queue: string): Promise<void> {
    const link = await foreigner.sender(queue);
    link.setMaxListeners(0);
    for (const [at, { body }] of AMQP_BODIES.entries()) {
      const message = Buffer.concat([propertiesSection({ messageId: `m${at}` }), body]);
      expect(await foreigner.send(link, message)).toBe('accepted');
    }
    link.close();
  }

  const answer = async (path: string): Promise<{ body: unknown; messageId: string }[]> => {
    const response = await fetch(`${running.url}/${path}`);
    expect(response.status).toBe(200);
    return (await response.json()) as { body: unknown; messageId: string }[];
  };

  /** As JSON has it. */
  const expected = AMQP_BODIES.map(({ what, payload }) => {
    if (typeof payload === 'bigint') return [what, String(payload)];
    if (payload instanceof Date) return [what, payload.toISOString()];
    if (Buffer.isBuffer(payload)) return [what, payload.toString('base64')];
    return [what, payload instanceof Map ? [...(payload as Map<unknown, unknown>)] : (payload ?? null)];
  });

  it.each(['relay-out', 'relay-in'])('comes in one answer, and is taken; sent to %s', async (queue) => {
    const suffix = queue === 'relay-in' ? ':relay' : '';
    await sendAll(queue);
    await until(() => running.emulator.entity('relay-out').messageCount === AMQP_BODIES.length);
    expect(await answer('peek?maxMessages=100')).toHaveLength(AMQP_BODIES.length);
    const got = await answer(`receive?details=true&minMessages=${AMQP_BODIES.length}`);
    const bodies = new Map(got.map(({ messageId, body }) => [messageId, body]));
    expect(AMQP_BODIES.map(({ what }, at) => [what, bodies.get(`m${at}${suffix}`)])).toEqual(expected);
    await until(() => running.emulator.entity('relay-out').messageCount === 0);
    expect(running.emulator.entity('relay-in/$DeadLetterQueue').messageCount).toBe(0);
  });
});

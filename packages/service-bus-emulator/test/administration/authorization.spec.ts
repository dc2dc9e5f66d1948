import { createHmac } from 'node:crypto';

import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';

import { type Emulator } from '../../src/index.js';
import { administrationScene, refusal } from '../support/administration-scene.js';
import { startTestEmulator } from '../../../../test/support/start-emulator.js';

const unauthorized = (message: RegExp): object => refusal(401, 'UnauthorizedRequestError', message);
const inSeconds = (seconds: number): number => Math.floor(Date.now() / 1_000) + seconds;

describe('authorization of the administration', () => {
  const scene = administrationScene({ queues: ['orders', 'orders/new', 'orders-old'] });

  /** A shared access signature as a client makes it, from the parts of the scene's connection string. */
  function token(resource: string, { expiry = inSeconds(60), key = '', keyName = '' } = {}): string {
    const { connectionString } = scene.emulator;
    key ||= /SharedAccessKey=([^;]*)/.exec(connectionString)?.[1] ?? '';
    keyName ||= /SharedAccessKeyName=([^;]*)/.exec(connectionString)?.[1] ?? '';
    const encoded = encodeURIComponent(resource);
    const signature = createHmac('sha256', key).update(`${encoded}\n${expiry}`).digest('base64');
    return `SharedAccessSignature sr=${encoded}&sig=${encodeURIComponent(signature)}&se=${expiry}&skn=${keyName}`;
  }

  async function get(path: string, authorization?: string): Promise<{ status: number; text: string }> {
    const response = await fetch(`http://${scene.host}/${path}`, {
      headers: authorization === undefined ? {} : { authorization },
    });
    return { status: response.status, text: await response.text() };
  }

  it('accepts the key of the connection string', async () => {
    expect((await scene.administration.getQueue('orders')).name).toBe('orders');
  });

  it('refuses another key and another name of the key', async () => {
    const { connectionString } = scene.emulator;
    const otherKey = connectionString.replace(/SharedAccessKey=[^;]*/, 'SharedAccessKey=b3RoZXI=');
    const otherName = connectionString.replace(/SharedAccessKeyName=[^;]*/, 'SharedAccessKeyName=Other');
    for (const wrong of [otherKey, otherName]) {
      const administration = scene.administer(wrong);
      await expect(administration.getQueue('orders')).rejects.toMatchObject(unauthorized(/InvalidSignature/));
      await expect(administration.createQueue('made')).rejects.toMatchObject(unauthorized(/SubCode=40100/));
      await expect(administration.deleteQueue('orders')).rejects.toMatchObject(unauthorized(/./));
    }
    expect(await scene.administration.queueExists('made')).toBe(false);
    expect(await scene.administration.queueExists('orders')).toBe(true);
  });

  it('refuses a request without a token, whatever it asks for', async () => {
    for (const path of ['orders', 'nowhere', '$Resources/Queues', '$namespaceinfo']) {
      const { status, text } = await get(path);
      expect(status).toBe(401);
      expect(text).toMatch(/<Error><Code>401<\/Code><Detail>SubCode=40100\. MissingToken: /);
    }
  });

  it('refuses tokens that are expired, damaged or of another kind', async () => {
    const good = token(`http://${scene.host}/orders`);
    expect((await get('orders', good)).status).toBe(200);
    const expired = token(`http://${scene.host}/orders`, { expiry: inSeconds(-1) });
    expect(await get('orders', expired)).toMatchObject({
      status: 401,
      text: expect.stringContaining('ExpiredToken') as unknown,
    });
    for (const wrong of [
      '',
      'Bearer e30.e30.e30',
      'SharedAccessSignature ',
      good.slice(0, -3),
      good.replace('se=', 'se=9'),
    ]) {
      expect((await get('orders', wrong)).status).toBe(401);
    }
  });

  it('accepts a token for its resource and what is below it', async () => {
    const ofQueue = token(`https://${scene.host}/Orders`);
    expect((await get('orders?api-version=2021-05', ofQueue)).status).toBe(200);
    expect((await get('orders/new', ofQueue)).status).toBe(200);
    expect((await get('orders-old', ofQueue)).status).toBe(401);
    expect((await get('$Resources/Queues', ofQueue)).status).toBe(401);
    const ofNamespace = token(`sb://${scene.host}/`);
    expect((await get('orders-old', ofNamespace)).status).toBe(200);
    expect((await get('$Resources/Queues?$top=1', ofNamespace)).status).toBe(200);
  });

  it("goes by the time of day, however far the emulator's clock was moved", async () => {
    scene.clock.advance(24 * 60 * 60_000);
    expect(await scene.administration.queueExists('orders')).toBe(true);
    const expired = token(`http://${scene.host}/orders`, { expiry: inSeconds(-1) });
    expect((await get('orders', expired)).status).toBe(401);
  });
});

describe('an administration that accepts any token', () => {
  let emulator: Emulator;

  beforeAll(async () => {
    emulator = await startTestEmulator({ queues: ['orders'] }, { acceptAnyToken: true });
  });
  afterAll(() => emulator.close());

  it('accepts any token, and none', async () => {
    for (const token of [undefined, 'Bearer x', 'SharedAccessSignature x']) {
      const headers = new Headers(token === undefined ? {} : { authorization: token });
      const response = await fetch(`http://127.0.0.1:${emulator.port}/orders`, { headers });
      expect(response.status).toBe(200);
      await response.arrayBuffer();
    }
  });
});

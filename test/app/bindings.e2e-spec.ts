import { describe, expect, it } from '@jest/globals';

import { startApp } from '../support/start-app.js';
import { until } from '../support/until.js';

const KEYS = 'operations:operate:0123456789abcdef-o,shop:send+receive:0123456789abcdef-s';
const OPERATOR = { 'x-api-key': '0123456789abcdef-o' };

describe('bindings over HTTP', () => {
  it('are listed, paused and resumed by those who operate, and stay ready', async () => {
    const { url, emulator, client, close } = await startApp({ APPS: 'counter', HTTP_API_KEYS: KEYS });
    const ask = async (method: string, path: string, headers: object = OPERATOR): Promise<unknown> => {
      const answer = await fetch(`${url}${path}`, { method, headers: { ...headers } });
      return { status: answer.status, body: await answer.json() };
    };
    try {
      expect(await ask('GET', '/bindings', {})).toMatchObject({ status: 401 });
      expect(
        await ask('POST', '/bindings/counter/pause', { 'x-api-key': '0123456789abcdef-s' }),
      ).toMatchObject({
        status: 403,
        body: { message: expect.stringContaining('"operate"') as unknown },
      });
      expect(await ask('GET', '/bindings')).toMatchObject({
        status: 200,
        body: [{ pattern: 'counter', entityPath: 'counter-in', state: 'receiving' }],
      });

      expect(await ask('POST', '/bindings/counter/pause?reason=database+down')).toMatchObject({
        status: 200,
        body: { state: 'paused', paused: { reason: 'database down' } },
      });
      await client.createSender('counter-in').sendMessages({ body: { text: 'one two' } });
      expect(await ask('GET', '/health')).toMatchObject({
        status: 200,
        body: { info: { 'service-bus:counter': { status: 'up', state: 'paused' } } },
      });
      expect((await fetch(`${url}/health/ready`)).status).toBe(200);
      expect(emulator.entity('counter-in').messageCount).toBe(1);

      expect(await ask('POST', '/bindings/counter/resume')).toMatchObject({ status: 200 });
      await until(() => emulator.entity('counter-out').messageCount === 1);
    } finally {
      await close();
    }
  });

  it('have to be there, and the query to be right', async () => {
    const { url, close } = await startApp({ APPS: 'counter' });
    const post = async (path: string): Promise<unknown> =>
      (await fetch(url + path, { method: 'POST' })).json();
    try {
      expect(await post('/bindings/conter/pause')).toEqual({
        statusCode: 404,
        error: 'Not Found',
        message: 'there is no binding "conter": did you mean "counter"?',
      });
      expect(await post('/bindings/counter/pause?for=1h')).toMatchObject({ statusCode: 400 });
      expect(await post(`/bindings/counter/pause?reason=${'x'.repeat(201)}`)).toMatchObject({
        statusCode: 400,
      });
    } finally {
      await close();
    }
  });

  it('of one of several workers are not paused', async () => {
    const { url, close } = await startApp({ APPS: 'counter', WORKERS: '2' });
    try {
      const answer = await fetch(`${url}/bindings/counter/pause`, { method: 'POST' });
      expect(await answer.json()).toMatchObject({
        statusCode: 409,
        message: expect.stringContaining('WORKERS=2') as unknown,
      });
    } finally {
      await close();
    }
  });
});

import { describe, expect, it } from '@jest/globals';

import { startApp } from '../support/start-app.js';
import { until } from '../support/until.js';

describe('health', () => {
  it('has an entry for each binding, and follows the broker', async () => {
    const { url, emulator, close } = await startApp({ APPS: 'counter,relay' });
    const status = async (path: string): Promise<number> => (await fetch(`${url}${path}`)).status;
    try {
      const health = await fetch(`${url}/health`);
      expect(health.headers.get('cache-control')).toContain('no-store');
      expect(await health.json()).toMatchObject({
        status: 'ok',
        error: {},
        info: {
          'service-bus': { status: 'up' },
          'service-bus:counter': { status: 'up', entityPath: 'counter-in' },
          'service-bus:relay': { status: 'up', entityPath: 'relay-in' },
        },
      });
      expect(await status('/health/ready')).toBe(200);
      expect(await status('/health/live')).toBe(200);

      await emulator.close();
      await until(async () => (await status('/health/ready')) === 503);
      expect(await (await fetch(`${url}/health`)).json()).toMatchObject({
        status: 'error',
        error: { 'service-bus:counter': { status: 'down' }, 'service-bus:relay': { status: 'down' } },
      });
      expect(await status('/health/live')).toBe(200);
    } finally {
      await close();
    }
  });

  it('shows the inside to those who operate, and to others only what is up', async () => {
    const keys = 'operations:operate:0123456789abcdef-o,shop:send+receive:0123456789abcdef-s';
    const { url, emulator, client, close } = await startApp({ APPS: 'counter', HTTP_API_KEYS: keys });
    const health = async (key?: string): Promise<unknown> => {
      const headers: Record<string, string> =
        key === undefined ? {} : { 'x-api-key': `0123456789abcdef-${key}` };
      return (await fetch(`${url}/health`, { headers })).json();
    };
    try {
      const upOnly = { 'service-bus': { status: 'up' }, 'service-bus:counter': { status: 'up' } };
      const open = { status: 'ok', info: upOnly, error: {}, details: upOnly };
      expect(await health()).toEqual(open);
      expect(await health('s')).toEqual(open);
      expect(await health('o')).toMatchObject({
        status: 'ok',
        info: {
          'service-bus:counter': { status: 'up', state: 'receiving', entityPath: 'counter-in', inWork: 0 },
        },
      });

      const begun = new Date().toISOString();
      await client.createSender('counter-in').sendMessages({ body: { text: 'one' } });
      await until(async () => JSON.stringify(await health('o')).includes('lastProgressAt'));
      const { info } = (await health('o')) as { info: Record<string, { lastProgressAt: string }> };
      const at = info['service-bus:counter']?.lastProgressAt ?? '';
      expect(at >= begun && at <= new Date().toISOString()).toBe(true);
      expect(await health()).toEqual(open);

      await emulator.close();
      await until(async () => (await fetch(`${url}/health/ready`)).status === 503);
      expect(await health()).toMatchObject({ error: { 'service-bus:counter': { status: 'down' } } });
      expect(JSON.stringify(await health())).not.toMatch(/counter-in|127\.0\.0\.1|code/);
      await until(async () => JSON.stringify(await health('o')).includes('"error":{"code":'));
      expect(await health('o')).toMatchObject({
        error: {
          'service-bus:counter': {
            state: 'failing',
            lastProgressAt: at,
            lastError: { code: expect.any(String) as unknown, at: expect.any(String) as unknown },
          },
        },
      });
    } finally {
      await close();
    }
  });
});

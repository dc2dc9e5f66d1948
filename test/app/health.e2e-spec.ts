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
});

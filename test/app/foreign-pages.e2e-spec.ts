import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { once } from 'node:events';
import { type IncomingMessage, request } from 'node:http';

import { type RunningApp, startApp } from '../support/start-app.js';

interface Answer {
  readonly status: number | undefined;
  readonly message: string;
}

describe('a page of another site', () => {
  let running: RunningApp;
  beforeAll(async () => {
    running = await startApp({ APPS: 'relay', HTTP_ALLOWED_HOSTS: 'bus.example.com, Other.example.com' });
  });
  afterAll(() => running.close());

  // fetch sets these headers itself.
  async function ask(path: string, headers: Record<string, string>, method = 'GET'): Promise<Answer> {
    const asking = request(`${running.url}${path}`, { method, headers });
    asking.end();
    const [response] = (await once(asking, 'response')) as [IncomingMessage];
    let text = '';
    for await (const part of response) text += String(part);
    const body = JSON.parse(text) as { message?: string };
    return { status: response.statusCode, message: body.message ?? '' };
  }
  const send = async (): Promise<void> => {
    await fetch(`${running.url}/send`, { method: 'POST', body: 'precious' });
  };

  it('cannot empty the queue of a developer by an image', async () => {
    await send();
    const image = { 'sec-fetch-site': 'cross-site', 'sec-fetch-mode': 'no-cors', 'sec-fetch-dest': 'image' };
    expect(await ask('/receive?idleTimeout=0', image)).toEqual({
      status: 403,
      message: 'requests of pages of other sites are refused, as nobody has to authenticate',
    });
    expect((await ask('/receive?idleTimeout=0', { 'sec-fetch-site': 'same-origin' })).status).toBe(200);
    expect((await ask('/receive?idleTimeout=0', { 'sec-fetch-site': 'none' })).status).toBe(200);
  });

  it.each(['https://attacker.example', 'null'])(
    'cannot send by a form in an old browser: Origin %s',
    async (origin) => {
      expect((await ask('/send', { origin }, 'POST')).status).toBe(403);
      expect((await ask('/send', { origin: running.url }, 'POST')).status).toBe(200);
    },
  );

  it.each(['attacker.example', '127.0.0.1.nip.io:3000'])(
    'cannot have its own name point here: Host %s',
    async (host) => {
      for (const path of ['/receive', '/health', '/docs-json', '/']) {
        expect(await ask(path, { host })).toEqual({
          status: 421,
          message: `"${host}" is no host of this service: set HTTP_ALLOWED_HOSTS`,
        });
      }
    },
  );

  it.each(['localhost', '[::1]:3000', 'relay:80', 'bus.example.com', 'other.example.com:443'])(
    'is none with the Host %s',
    async (host) => {
      expect((await ask('/peek', { host })).status).toBe(200);
    },
  );

  it('may link to the documentation', async () => {
    const link = { 'sec-fetch-site': 'cross-site', 'sec-fetch-mode': 'navigate' };
    expect((await ask('/docs-json', link)).status).toBe(200);
  });

  it('is let in by what it knows where callers authenticate', async () => {
    const closed = await startApp({ APPS: 'relay', HTTP_API_KEYS: 'shop:receive:0123456789abcdef' });
    try {
      const headers = { 'sec-fetch-site': 'cross-site', 'x-api-key': '0123456789abcdef' };
      expect((await fetch(`${closed.url}/peek`, { headers })).status).toBe(200);
    } finally {
      await closed.close();
    }
  });
});

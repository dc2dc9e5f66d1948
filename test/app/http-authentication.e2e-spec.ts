import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { mkdtemp, rename, rm, writeFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';

import { type RunningApp, startApp } from '../support/start-app.js';
import { until } from '../support/until.js';

const key = (name: string): string => `${name}-0123456789abcdef`;
const KEYS = [
  `shop:send:${key('old')}`,
  `shop:send:${key('new')}`,
  `reader:receive:${key('reader')}`,
  `operations:operate:${key('operations')}`,
  `everything:send+receive+operate:${key('everything')}`,
].join(',');

describe('HTTP with API keys', () => {
  let running: RunningApp;
  let directory: string;
  let file: string;
  beforeAll(async () => {
    directory = await mkdtemp(path.join(tmpdir(), 'keys-'));
    file = path.join(directory, 'keys');
    await writeFile(file, `# of the file\nfiled:receive:${key('filed-one')}\n`);
    running = await startApp({ APPS: 'counter,relay', HTTP_API_KEYS: KEYS, HTTP_API_KEYS_FILE: file });
  });
  afterAll(async () => {
    await running.close();
    await rm(directory, { recursive: true });
  });

  const get = (url: string, headers: Record<string, string> = {}): Promise<Response> =>
    fetch(`${running.url}${url}`, { headers });
  const send = (headers: Record<string, string>): Promise<Response> =>
    fetch(`${running.url}/send`, { method: 'POST', body: 'Hello world!', headers });
  const statusWith = async (url: string, name: string): Promise<number> =>
    (await get(url, { 'x-api-key': key(name) })).status;

  it.each<Record<string, string>>([
    { 'x-api-key': key('old') },
    { 'x-api-key': key('new') },
    { authorization: `Bearer ${key('new')}` },
    { authorization: `ApiKey ${key('everything')}` },
  ])('takes %j', async (headers) => {
    expect((await send(headers)).status).toBe(200);
  });

  it('asks those who show nothing for credentials, and says how', async () => {
    const response = await send({});
    expect(response.status).toBe(401);
    expect(response.headers.get('www-authenticate')).toBe(
      'Bearer realm="service-bus", ApiKey realm="service-bus"',
    );
    expect(await response.json()).toEqual({
      statusCode: 401,
      error: 'Unauthorized',
      message: 'credentials are required: X-Api-Key: …, or Authorization: Bearer …',
    });
  });

  it.each<[string, Record<string, string>]>([
    ['an unknown key', { 'x-api-key': key('unknown') }],
    ['a part of a key', { 'x-api-key': key('new').slice(0, -1) }],
    ['a key in another case', { 'x-api-key': key('new').toUpperCase() }],
    ['the name of a key', { 'x-api-key': 'shop' }],
    ['a token', { authorization: 'Bearer eyJhbGciOiJub25lIn0.eyJzdWIiOiJtZSJ9.' }],
  ])('refuses %s', async (_what, headers) => {
    const response = await send(headers);
    expect(response.status).toBe(401);
    expect(response.headers.get('www-authenticate')).toContain(
      'Bearer realm="service-bus", error="invalid_token"',
    );
    expect(await response.json()).toMatchObject({ statusCode: 401, error: 'Unauthorized' });
  });

  it('refuses before it reads a body', async () => {
    const socket = connect(Number(new URL(running.url).port), '127.0.0.1');
    socket.write('POST /send HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1000000\r\n\r\nthe beginning');
    const [answer] = await new Promise<string[]>((resolve, reject) => {
      socket.once('data', (data) => resolve([data.toString()]));
      socket.once('error', reject);
    });
    socket.destroy();
    expect(answer).toMatch(/^HTTP\/1\.1 401 /);
  });

  it.each([
    ['/receive?idleTimeout=0', 'shop', 'old', 'receive'],
    ['/peek', 'operations', 'operations', 'receive'],
    ['/receive?idleTimeout=nonsense', 'shop', 'new', 'receive'],
  ])('keeps %s from %s, and names the role', async (url, name, secret, role) => {
    const response = await get(url, { 'x-api-key': key(secret) });
    expect(response.status).toBe(403);
    expect(response.headers.get('www-authenticate')).toBe(
      `Bearer realm="service-bus", error="insufficient_scope", scope="${role}"`,
    );
    expect(await response.json()).toEqual({
      statusCode: 403,
      error: 'Forbidden',
      message: `this takes the role "${role}", which ${name} does not have`,
    });
  });

  it('keeps /send from those who may only receive', async () => {
    expect((await send({ 'x-api-key': key('reader') })).status).toBe(403);
  });

  it('lets each do what its roles say', async () => {
    expect(await statusWith('/peek', 'reader')).toBe(200);
    expect(await statusWith('/receive?idleTimeout=0', 'everything')).toBe(200);
  });

  it('asks for credentials where nothing is, too', async () => {
    expect((await get('/nowhere')).status).toBe(401);
    expect(await statusWith('/nowhere', 'reader')).toBe(404);
  });

  it('keeps probes open, even with credentials that are no good', async () => {
    for (const url of ['/health', '/health/ready', '/health/live']) {
      expect((await get(url)).status).toBe(200);
      expect(await statusWith(url, 'unknown')).toBe(200);
    }
  });

  it('takes the keys of a file, and new ones when it is replaced', async () => {
    expect(await statusWith('/peek', 'filed-one')).toBe(200);
    const replace = async (text: string): Promise<void> => {
      await writeFile(`${file}.new`, text);
      await rename(`${file}.new`, file);
    };
    await replace(`filed:receive:${key('filed-one')}\nfiled:receive:${key('filed-two')}\n`);
    await until(async () => (await statusWith('/peek', 'filed-two')) === 200);
    expect(await statusWith('/peek', 'filed-one')).toBe(200);
    await replace(`filed:receive:${key('filed-two')}\n`);
    await until(async () => (await statusWith('/peek', 'filed-one')) === 401);
    expect(await statusWith('/peek', 'filed-two')).toBe(200);
    expect(await statusWith('/peek', 'reader')).toBe(200);
  });
});

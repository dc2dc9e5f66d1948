import { afterAll, afterEach, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';

import { type Emulator } from 'service-bus-emulator';
import { startTestEmulator } from '../support/start-emulator.js';
import { ServiceProcess } from './start-process.js';

jest.setTimeout(60_000);

const SECRET = 'c2VjcmV0LW9mLXRoZS1zaG9w';

describe('HTTP in production', () => {
  let directory: string;
  let broker: Emulator;
  const services: ServiceProcess[] = [];
  beforeAll(async () => {
    directory = await mkdtemp(path.join(tmpdir(), 'production-'));
    broker = await startTestEmulator({ queues: ['counter-in', 'counter-out', 'relay-in', 'relay-out'] });
  });
  afterEach(async () => {
    for (const service of services.splice(0)) await service.close();
  });
  afterAll(async () => {
    await broker.close();
    await rm(directory, { recursive: true });
  });

  async function start(variables: Readonly<Record<string, string>>): Promise<ServiceProcess> {
    const production = { NODE_ENV: 'production', SB_CONNECTION: broker.connectionString, APPS: 'relay' };
    const service = await ServiceProcess.start({ ...production, ...variables });
    services.push(service);
    return service;
  }

  it('does not start before somebody has said who may use it', async () => {
    const service = await start({});
    expect(await service.exit()).toBe(1);
    expect(service.errors).toBe(
      'HTTP_API_KEYS, HTTP_API_KEYS_FILE, HTTP_JWT_ISSUER or HTTP_AUTH=none is required: who may use this service over HTTP?\n',
    );
    expect(service.output).toBe('');
  });

  it('asks for the keys of a mounted file, documents that, and never shows them', async () => {
    const file = path.join(directory, 'api-keys');
    await writeFile(file, `shop:send:${SECRET}\nprometheus:operate:${SECRET}-p\n`);
    const service = await start({ HTTP_API_KEYS_FILE: file, HOST: '0.0.0.0', LOG_LEVEL: 'debug' });
    const url = await service.ready();
    const send = async (headers: Record<string, string>): Promise<number> =>
      (await fetch(`${url}/send`, { method: 'POST', body: 'Hello world!', headers })).status;
    expect(await send({})).toBe(401);
    expect(await send({ 'x-api-key': `${SECRET}x` })).toBe(401);
    expect(await send({ authorization: `Bearer ${SECRET}` })).toBe(200);
    const scrape = async (secret: string): Promise<number> =>
      (await fetch(`${url}/metrics`, { headers: { authorization: `Bearer ${secret}` } })).status;
    expect(await scrape(`${SECRET}-p`)).toBe(200);
    expect(await scrape(SECRET)).toBe(403);
    expect((await fetch(`${url}/metrics`)).status).toBe(401);
    // No desk, unless DESK=on.
    expect((await fetch(`${url}/desk/api/session`, { headers: { 'x-api-key': `${SECRET}-p` } })).status).toBe(
      404,
    );
    const response = await fetch(`${url}/health`);
    expect([200, 503]).toContain(response.status);
    expect(response.headers.get('ratelimit')).toBeNull();
    expect((await fetch(`${url}/peek`)).headers.get('ratelimit-policy')).toContain('q=6000; w=60');

    expect(await (await fetch(`${url}/docs-json`)).json()).toMatchObject({
      components: { securitySchemes: { 'api-key': { type: 'apiKey', in: 'header', name: 'X-Api-Key' } } },
      paths: {
        '/send': {
          post: {
            security: [{ 'api-key': [] }],
            'x-required-role': 'send',
            responses: { 401: {}, 403: { description: 'The caller does not have the role `send`.' } },
          },
        },
        '/receive': { get: { security: [{ 'api-key': [] }], 'x-required-role': 'receive' } },
        '/peek': { get: { security: [{ 'api-key': [] }], 'x-required-role': 'receive' } },
        '/health': { get: { security: [{}, { 'api-key': [] }], 'x-role-for-details': 'operate' } },
        '/health/live': { get: { summary: 'The process runs' } },
      },
    });
    expect(service.output + service.errors).not.toContain(SECRET);
    expect(service.output + service.errors).not.toContain('asks nobody');
  });

  it('can be open to everybody, and warns of it', async () => {
    const service = await start({ HTTP_AUTH: 'none', HOST: '0.0.0.0' });
    const url = await service.ready();
    expect((await fetch(`${url}/peek`)).status).toBe(200);
    expect(service.output + service.errors).toContain(
      'HTTP listens on 0.0.0.0 and asks nobody for credentials',
    );
    const document = (await (await fetch(`${url}/docs-json`)).json()) as { components: object };
    expect(document.components).not.toHaveProperty('securitySchemes');
  });
});

import { createServer, type Server } from 'node:http';
import { type AddressInfo } from 'node:net';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';

import { ServiceBusClient } from '@azure/service-bus';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import {
  type AuditLine,
  createDeskHandler,
  Desk,
  type DeskHandler,
  type DeskHandlerOptions,
} from 'service-bus-desk';
import { type Emulator } from 'service-bus-emulator';

import { startTestEmulator } from '../../../test/support/start-emulator.js';
import { until } from '../../../test/support/until.js';
import { deadLetterAll } from './dead-letter-all.js';

const OWN = { 'X-Desk': '1', 'Content-Type': 'application/json' };

type Json = Record<string, unknown>;

describe('the API of the page', () => {
  let emulator: Emulator;
  let client: ServiceBusClient;
  let desk: Desk;
  let folder: string;
  const audited: AuditLine[] = [];
  const servers: { server: Server; handler: DeskHandler }[] = [];
  let base: string;

  const serve = async (options: Partial<DeskHandlerOptions> = {}): Promise<string> => {
    const handler = createDeskHandler(desk, {
      basePath: '/desk',
      files: pathToFileURL(`${folder}/`),
      identify: ({ headers }) => {
        const key = headers['x-api-key'];
        return key === undefined
          ? undefined
          : { name: String(key), maySee: key !== 'nobody', mayChange: key === 'boss' };
      },
      audit: (line) => void audited.push(line),
      ...options,
    });
    const server = createServer((request, response) => handler(request, response));
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    servers.push({ server, handler });
    return `http://127.0.0.1:${(server.address() as AddressInfo).port}/desk/`;
  };
  const get = async (name: string, at = base): Promise<Json> => {
    const response = await fetch(`${at}api/${name}`, { headers: { 'X-Api-Key': 'boss' } });
    return (await response.json()) as Json;
  };
  const post = async (name: string, content: object, key = 'boss', at = base): Promise<[number, Json]> => {
    const headers = { ...OWN, 'X-Api-Key': key };
    const response = await fetch(`${at}api/${name}`, {
      method: 'POST',
      headers,
      body: JSON.stringify(content),
    });
    return [response.status, (await response.json()) as Json];
  };
  const job = async (content: object): Promise<Json> => {
    const [status, { id }] = await post('jobs', content);
    expect(status).toBe(202);
    let found: Json | undefined;
    await until(async () => {
      const { jobs } = await get('jobs');
      found = (jobs as Json[]).find((one) => one['id'] === id);
      return found?.['state'] !== 'running';
    });
    return found ?? {};
  };

  beforeAll(async () => {
    folder = await mkdtemp(path.join(tmpdir(), 'desk-page-'));
    await writeFile(path.join(folder, 'index.html'), '<!doctype html><title>desk</title>');
    await writeFile(path.join(folder, 'page.js'), 'void 0;');
    const rules = [
      { name: 'big', filter: { kind: 'sql', expression: "total > 10 AND sys.Label = 'a'" } },
    ] as const;
    emulator = await startTestEmulator({
      queues: ['orders', 'other', { name: 'carts', requiresSession: true }],
      topics: [{ name: 'events', subscriptions: [{ name: 'audit', rules }] }],
    });
    client = new ServiceBusClient(emulator.connectionString);
    desk = await Desk.open({ connectionString: emulator.connectionString });
    const sender = client.createSender('orders');
    const bodies = Array.from({ length: 30 }, (_, index) => ({
      body: { order: index, secret: 'hush' },
      messageId: `id-${index}`,
      applicationProperties: { token: `t-${index}`, index },
    }));
    await sender.sendMessages(bodies);
    await deadLetterAll(client, 'orders', 30, (_, index) => ({
      reason: index % 3 === 0 ? 'TypeError' : 'HttpError',
      description: `request ${index} failed`,
      handler: 'Orders.take',
    }));
    base = await serve();
  });
  beforeEach(() => {
    audited.splice(0);
  });
  afterAll(async () => {
    for (const { server, handler } of servers) {
      await handler.close();
      server.closeAllConnections();
      server.close();
    }
    await desk.close();
    await client.close();
    await emulator.close();
    await rm(folder, { recursive: true });
  });

  it('serves its files with headers that allow nothing else', async () => {
    const page = await fetch(base);
    expect(page.status).toBe(200);
    expect(page.headers.get('content-security-policy')).toMatch(/default-src 'none'.*frame-ancestors 'none'/);
    expect(page.headers.get('x-content-type-options')).toBe('nosniff');
    const etag = page.headers.get('etag') ?? '';
    const headers = { 'If-None-Match': etag };
    expect((await fetch(base, { headers })).status).toBe(304);
    const redirected = await fetch(base.slice(0, -1), { redirect: 'manual' });
    expect([redirected.status, redirected.headers.get('location')]).toEqual([308, '/desk/']);
    const own = path.basename(fileURLToPath(import.meta.url));
    for (const name of [
      '..%2f..%2fpackage.json',
      '%2e%2e/package.json',
      `..\\${own}`,
      'page.js%00',
      'toString',
    ]) {
      expect([name, (await fetch(base + name)).status]).toEqual([name, 404]);
    }
  });

  it('lets nobody in unknown, and lets no other page change anything', async () => {
    expect((await fetch(`${base}api/session`)).status).toBe(401);
    const asked = (headers: Record<string, string>, method = 'POST'): Promise<Response> =>
      fetch(`${base}api/jobs`, {
        method,
        headers: { 'X-Api-Key': 'boss', ...headers },
        ...(method === 'POST' && { body: '{}' }),
      });
    expect((await asked({ 'Content-Type': 'application/json' })).status).toBe(403);
    expect((await asked({ ...OWN, 'Sec-Fetch-Site': 'cross-site' })).status).toBe(403);
    expect((await asked({ ...OWN, 'Sec-Fetch-Site': 'same-site' })).status).toBe(403);
    expect((await asked({ ...OWN, Origin: 'https://evil.example' })).status).toBe(403);
    expect((await asked({ 'Sec-Fetch-Site': 'cross-site' }, 'GET')).status).toBe(403);
    expect((await asked({ 'X-Desk': '1', 'Content-Type': 'text/plain' })).status).toBe(415);
    expect((await asked({ 'X-Api-Key': 'nobody' }, 'GET')).status).toBe(403);
    const [tooLarge] = await post('send', { entity: 'other', body: 'x'.repeat(1_100_000) });
    expect(tooLarge).toBe(413);
    expect(await post('jobs', { action: 'purge', entity: 'orders', confirm: 'orders' }, 'guest')).toEqual([
      403,
      { problem: 'you may look here, and change nothing' },
    ]);
    expect(audited).toEqual([expect.objectContaining({ outcome: 'refused', who: 'guest', action: 'purge' })]);
  });

  it('shows groups, their messages in pages, and everything of one', async () => {
    expect(await get('session')).toMatchObject({
      who: 'boss',
      mayChange: true,
      canRedrive: false,
      bodies: 'shown',
    });
    const lines = await (
      await fetch(`${base}api/groups?entity=orders`, { headers: { 'X-Api-Key': 'boss' } })
    ).text();
    const last = JSON.parse(lines.trim().split('\n').at(-1) ?? '') as {
      groups: { id: string; count: number }[];
    };
    expect(last).toMatchObject({ looked: 30, done: true });
    expect(last.groups.map(({ count }) => count)).toEqual([20, 10]);
    const filter = encodeURIComponent(JSON.stringify({ group: last.groups[1]?.id }));
    const first = await get(`messages?path=orders/$DeadLetterQueue&filter=${filter}&max=4`);
    expect(first['messages']).toHaveLength(4);
    const next = await get(
      `messages?path=orders/$DeadLetterQueue&filter=${filter}&from=${String(first['next'])}`,
    );
    expect(next['messages']).toHaveLength(6);
    expect(next['next']).toBeUndefined();
    const number = (first['messages'] as { sequenceNumber: string }[])[0]?.sequenceNumber;
    const one = await get(`message?path=orders/$DeadLetterQueue&number=${number}`);
    expect(one).toMatchObject({ reason: 'TypeError', body: { form: 'json', type: 'binary' } });
    expect((one['body'] as { text: string }).text).toContain('"secret": "hush"');
    expect(one['stack']).toContain('file.ts:1:2');
    expect(await get('message?path=orders&number=x')).toEqual({ problem: '"x" is no sequence number' });
  });

  it('hides bodies and properties, and what could find them out', async () => {
    const at = await serve({ bodies: 'hidden', redact: ['Token'] });
    const text = JSON.stringify([
      await get('messages?path=orders/$DeadLetterQueue', at),
      await get('message?path=orders/$DeadLetterQueue&number=1', at),
    ]);
    expect(text).toContain('(hidden)');
    expect(text).not.toMatch(/hush|t-\d/);
    for (const filter of [{ text: 'hush' }, { properties: { TOKEN: 't-1' } }]) {
      const query = encodeURIComponent(JSON.stringify(filter));
      expect(await get(`messages?path=orders/$DeadLetterQueue&filter=${query}`, at)).toMatchObject({
        problem: expect.stringContaining('cannot be searched') as unknown,
      });
    }
    const edit = { action: 'resubmit', entity: 'orders', edit: { body: 'x' } };
    expect((await post('jobs', edit, 'boss', at))[0]).toBe(403);
  });

  it('resubmits, edits and purges as jobs, and has each written down', async () => {
    const selection = { sequenceNumbers: ['1'] };
    const edited = await job({
      action: 'resubmit',
      entity: 'orders',
      selection,
      to: 'other',
      canary: false,
      edit: { body: '{"order":"repaired"}', properties: { repaired: true } },
    });
    expect(edited).toMatchObject({ state: 'done', planned: 1, done: 1, failed: 0 });
    const [row] = (await get('messages?path=other'))['messages'] as { preview: string }[];
    expect(row?.preview).toBe('{"order":"repaired"}');
    expect(await job({ action: 'purge', entity: 'orders', dryRun: true })).toMatchObject({
      planned: 29,
      done: 0,
    });
    expect((await post('jobs', { action: 'purge', entity: 'orders', confirm: 'order' }))[0]).toBe(400);
    const group = { reason: 'typeerror' };
    expect(
      await job({ action: 'purge', entity: 'orders', selection: group, confirm: 'orders' }),
    ).toMatchObject({
      state: 'done',
      done: 9,
    });
    expect(emulator.entity('orders/$DeadLetterQueue').counts.active).toBe(20);
    expect(await post('jobs', { action: 'redrive', entity: 'orders' })).toMatchObject([400, {}]);
    const noted = audited.map(({ action, outcome }) => `${action} ${outcome}`);
    expect(noted).toEqual(
      expect.arrayContaining(['resubmit started', 'resubmit done', 'purge refused', 'purge done']),
    );
    expect(JSON.stringify(audited)).not.toContain('repaired"}');
  });

  it('hands redrive to the handlers of this process', async () => {
    const at = await serve({
      handlers: {
        bindings: () => [],
        redrive: (entity, { filter, onProgress }) => {
          onProgress?.({ planned: 2, done: 1, failed: 0, held: 0 });
          const numbers = filter?.sequenceNumbers?.map(String).join() ?? '';
          return Promise.reject(new Error(`${entity} ${numbers} has no handler`));
        },
      },
    });
    const query = { action: 'redrive', entity: 'orders', selection: { sequenceNumbers: ['2'] } };
    expect((await post('jobs', query, 'boss', at))[0]).toBe(202);
    await until(() => audited.some(({ outcome }) => outcome === 'failed'));
    expect(audited.at(-1)).toMatchObject({ planned: 2, done: 1, reason: 'orders 2 has no handler' });
  });

  it('notes who stopped a change, and who was not allowed to', async () => {
    const at = await serve({
      handlers: {
        bindings: () => [],
        redrive: (_, { signal }) =>
          new Promise((_, reject) => signal?.addEventListener('abort', () => reject(signal.reason as Error))),
      },
    });
    const [, { id }] = await post('jobs', { action: 'redrive', entity: 'orders' }, 'boss', at);
    expect((await post('jobs/stop', { id }, 'guest', at))[0]).toBe(403);
    expect((await post('jobs/stop', { id: 'none' }, 'boss', at))[0]).toBe(404);
    expect(await post('jobs/stop', { id }, 'boss', at)).toEqual([202, {}]);
    await until(() => audited.some(({ outcome }) => outcome === 'failed'));
    expect(audited.filter(({ action }) => action === 'stop')).toEqual([
      expect.objectContaining({ who: 'guest', outcome: 'refused', entity: 'orders', job: id }),
      expect.objectContaining({ who: 'boss', outcome: 'refused', entity: '', job: 'none' }),
      { who: 'boss', action: 'stop', outcome: 'done', entity: 'orders', job: id },
    ]);
    expect(audited.at(-1)).toMatchObject({
      action: 'redrive',
      job: id,
      reason: expect.stringMatching(/^stopped/),
    });
  });

  it('sends, schedules, cancels, shows sessions and tries rules', async () => {
    expect(await post('send', { entity: 'carts', body: 'a', sessionId: 'cart-1' })).toEqual([200, {}]);
    expect(await get('sessions?entity=carts')).toEqual({ sessions: ['cart-1'], isCut: false });
    expect(await post('session-state', { entity: 'carts', id: 'cart-1' })).toEqual([200, { state: null }]);
    const at = new Date(Date.now() + 3_600_000).toISOString();
    const [, { sequenceNumber }] = await post('send', { entity: 'other', body: '00ff', encoding: 'hex', at });
    expect(await get('messages?path=other&state=scheduled')).toMatchObject({
      messages: [{ sequenceNumber }],
    });
    const cancel = { entity: 'other', sequenceNumbers: [sequenceNumber] };
    expect(await post('scheduled/cancel', cancel)).toEqual([200, { cancelled: 1 }]);
    expect(await get('messages?path=other&state=scheduled')).toMatchObject({ messages: [] });
    const entity = 'events/Subscriptions/audit';
    expect(await get(`rules?entity=${entity}`)).toMatchObject({ rules: [{ name: 'big', kind: 'sql' }] });
    const matches = async (message: object): Promise<unknown> =>
      ((await post('rules/match', { entity, message }))[1]['rules'] as Json[])[0]?.['matches'];
    expect(await matches({ subject: 'a', properties: { Total: 11 } })).toBe(true);
    expect(await matches({ subject: 'b', properties: { Total: 11 } })).toBe(false);
  });

  it('tells live what changes, to a bounded number of listeners', async () => {
    const controller = new AbortController();
    const open = (): Promise<Response> =>
      fetch(`${base}api/live`, { headers: { 'X-Api-Key': 'boss' }, signal: controller.signal });
    const stream = (await open()).body?.pipeThrough(new TextDecoderStream()).getReader();
    let text = '';
    const read = async (pattern: RegExp): Promise<void> => {
      while (!pattern.test(text)) text += (await stream?.read())?.value ?? '';
    };
    await read(/event: entities\n.*"entity":"orders".*\n\n/);
    await client.createSender('other').sendMessages({ body: 'more' });
    await read(/event: changes\n.*"entity":"other"/);
    const others = await Promise.all(Array.from({ length: 50 }, open));
    expect(
      others
        .map(({ status }) => status)
        .sort()
        .at(-1),
    ).toBe(503);
    expect(await get('probe?entity=other')).toMatchObject([
      { entity: 'other', oldest: expect.any(String) as unknown },
    ]);
    expect((await get('history?entity=other'))['active']).toEqual([expect.any(Number)]);
    controller.abort();
  });
});

import { Logger } from '@nestjs/common';
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';

import { DeadLetterException } from 'nestjs-service-bus';
import { CounterService } from '../../src/counter/counter.service.js';
import { type RunningApp, startApp } from '../support/start-app.js';
import { until } from '../support/until.js';

const key = (name: string): string => `${name}-0123456789abcdef`;
const KEYS = ['shop:send', 'watch:operate', 'fix:operate+repair'].map((one) => {
  const [name = ''] = one.split(':');
  return `${one}:${key(name)}`;
});

type Json = Record<string, unknown>;

describe('the desk', () => {
  let running: RunningApp;
  const audit = jest.spyOn(Logger.prototype, 'log').mockImplementation(() => undefined);
  const audited = (): unknown[] => audit.mock.calls.map(([line]) => line as unknown);

  beforeAll(async () => {
    running = await startApp({
      APPS: 'counter',
      HTTP_API_KEYS: KEYS.join(','),
      DESK_BODIES: 'off',
      DESK_REDACT: 'iban',
    });
  });
  afterAll(async () => {
    await running.close();
    audit.mockRestore();
  });

  const ask = async (
    path: string,
    name?: string,
    content?: object,
    more: Record<string, string> = {},
  ): Promise<[number, Json]> => {
    const response = await fetch(`${running.url}/desk/${path}`, {
      ...(content && { method: 'POST', body: JSON.stringify(content) }),
      headers: {
        ...(name !== undefined && { 'X-Api-Key': key(name) }),
        ...(content && { 'X-Desk': '1', 'Content-Type': 'application/json' }),
        ...more,
      },
    });
    return [response.status, (await response.json().catch(() => ({}))) as Json];
  };
  it('is one of the places that the start page leads to, unless it is switched off', async () => {
    const placesOf = async ({ url }: RunningApp): Promise<Json> => (await (await fetch(url)).json()) as Json;
    expect(await placesOf(running)).toMatchObject({ desk: '/desk' });
    const without = await startApp({ APPS: 'counter', DESK: 'off' });
    expect(await placesOf(without)).toEqual({ documentation: '/docs', health: '/health' });
    await without.close();
  });

  it('gives its page to everybody, and what it shows to those who may see it', async () => {
    const [status] = await ask('');
    expect([200, 404]).toContain(status);
    expect((await ask('api/session'))[0]).toBe(401);
    expect((await ask('%61pi/session'))[0]).toBe(404);
    expect((await ask('api/session', 'shop'))[0]).toBe(403);
    expect(await ask('api/session', 'watch')).toEqual([
      200,
      expect.objectContaining({ who: 'watch', mayChange: false, bodies: 'hidden', canRedrive: true }),
    ]);
    expect((await ask('api/session', 'fix'))[1]).toMatchObject({ mayChange: true });
  });

  it('lets nobody change anything but who has the role, and from its own page', async () => {
    const change = { action: 'purge', entity: 'counter-in', confirm: 'counter-in' };
    expect((await ask('api/jobs', 'watch', change))[0]).toBe(403);
    expect(audited().at(-1)).toBe(
      '"watch": purge of "counter-in" refused {"dryRun":false,"reason":"you may look here, and change nothing"}',
    );
    const foreign: Record<string, string>[] = [
      { 'X-Desk': '' },
      { 'Sec-Fetch-Site': 'cross-site' },
      { Origin: 'https://evil.example' },
    ];
    for (const headers of foreign) expect((await ask('api/jobs', 'fix', change, headers))[0]).toBe(403);
  });

  it('has the handler take what it could not, and tells who did that', async () => {
    const broken = jest.spyOn(running.app.get(CounterService), 'count').mockImplementation(() => {
      throw new DeadLetterException('Broken', 'not deployed yet');
    });
    await running.client
      .createSender('counter-in')
      .sendMessages([
        { body: { text: 'one' }, applicationProperties: { iban: 'DE07', city: 'Ulm' } },
        { body: { text: 'one two' } },
      ]);
    const dead = running.emulator.entity('counter-in/$DeadLetterQueue');
    await until(() => dead.messageCount === 2);
    const [, message] = await ask('api/message?path=counter-in/$DeadLetterQueue&number=1', 'watch');
    const shown = JSON.stringify(message);
    expect(shown).toContain('Ulm');
    expect(shown).not.toMatch(/DE07|"one"/);

    const redrive = async (): Promise<Json | undefined> => {
      const [status, { id }] = await ask('api/jobs', 'fix', { action: 'redrive', entity: 'counter-in' });
      expect(status).toBe(202);
      let job: Json | undefined;
      await until(async () => {
        const [, { jobs }] = await ask('api/jobs', 'watch');
        job = (jobs as Json[]).find((one) => one['id'] === id);
        return job?.['state'] !== 'running';
      });
      return job;
    };
    expect(await redrive()).toMatchObject({ state: 'failed', failed: 2, code: 'canary-failed' });
    broken.mockRestore();
    expect(await redrive()).toMatchObject({ state: 'done', planned: 2, done: 2, failed: 0 });
    expect(dead.messageCount).toBe(0);
    expect(running.emulator.entity('counter-out').messageCount).toBe(2);
    const lines = audited().filter((line) => String(line).startsWith('"fix": redrive of "counter-in"'));
    expect(lines).toHaveLength(4);
    expect(lines.at(-1)).toMatch(/ done \{.*"planned":2,"done":2,"failed":0/);
  });
});

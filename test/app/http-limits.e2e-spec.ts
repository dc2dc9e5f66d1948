import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { once } from 'node:events';
import { Agent, get, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { type AddressInfo, connect, type Socket } from 'node:net';

import { SERVER_TIMEOUTS } from '../../src/http/server-timeouts.js';
import { TimedExpressAdapter } from '../../src/http/timed-express-adapter.js';
import { ServiceBusServer } from 'nestjs-service-bus';
import { type RunningApp, startApp } from '../support/start-app.js';
import { TestIssuer } from '../support/token-issuer.js';
import { until } from '../support/until.js';

const KEYS = 'one:send+receive:0123456789abcdef-1,two:receive:0123456789abcdef-2';

describe('the rate limit', () => {
  const running: RunningApp[] = [];
  afterEach(async () => {
    for (const app of running.splice(0)) await app.close();
  });

  async function start(
    variables: Record<string, string>,
  ): Promise<(headers?: Record<string, string>) => Promise<Response>> {
    const app = await startApp({ APPS: 'relay', ...variables });
    running.push(app);
    return (headers = {}) => fetch(`${app.url}/peek`, { headers });
  }

  it('answers 429 and when to try again, and tells before how much is left', async () => {
    const peek = await start({ HTTP_RATE_LIMIT: '3' });
    const left: (string | null)[] = [];
    for (let count = 0; count < 3; count += 1) {
      const response = await peek();
      expect(response.status).toBe(200);
      expect(response.headers.get('ratelimit-policy')).toContain('q=3; w=60');
      left.push(/\br=(\d+)/.exec(response.headers.get('ratelimit') ?? '')?.[1] ?? null);
    }
    expect(left).toEqual(['2', '1', '0']);
    const refused = await peek();
    expect(refused.status).toBe(429);
    const retryAfterSeconds = Number(refused.headers.get('retry-after'));
    expect(retryAfterSeconds).toBeGreaterThan(0);
    expect(retryAfterSeconds).toBeLessThanOrEqual(60);
    expect(await refused.json()).toEqual({
      statusCode: 429,
      error: 'Too Many Requests',
      message: 'at most 3 requests a minute are taken from one caller',
    });
  });

  it('does not count probes', async () => {
    await start({ HTTP_RATE_LIMIT: '1' });
    const url = running[0]?.url ?? '';
    for (const path of ['/health', '/health/ready', '/health/live', '/health']) {
      const response = await fetch(`${url}${path}`);
      expect([path, response.status, response.headers.get('ratelimit')]).toEqual([path, 200, null]);
    }
  });

  it('counts each caller alone, by its key', async () => {
    const peek = await start({ HTTP_RATE_LIMIT: '1', HTTP_API_KEYS: KEYS });
    expect((await peek({ 'x-api-key': '0123456789abcdef-1' })).status).toBe(200);
    expect((await peek({ 'x-api-key': '0123456789abcdef-1' })).status).toBe(429);
    expect((await peek({ 'x-api-key': '0123456789abcdef-2' })).status).toBe(200);
  });

  it('counts those who guess keys, by their address', async () => {
    const peek = await start({ HTTP_RATE_LIMIT: '2', HTTP_API_KEYS: KEYS });
    const guess = async (secret: string): Promise<number> => (await peek({ 'x-api-key': secret })).status;
    expect([await guess('a'), await guess('b'), await guess('c')]).toEqual([401, 401, 429]);
    expect((await peek({ 'x-api-key': '0123456789abcdef-1' })).status).toBe(200);
  });

  it('counts a key and a token apart that have the same name', async () => {
    const issuer = await TestIssuer.start();
    try {
      const peek = await start({
        HTTP_RATE_LIMIT: '1',
        HTTP_API_KEYS: 'ops:receive:0123456789abcdef-1',
        HTTP_JWT_ISSUER: issuer.url,
        HTTP_JWT_AUDIENCE: 'api://service',
      });
      const token = await issuer.sign({ sub: 'ops', roles: ['receive'] });
      expect((await peek({ authorization: `Bearer ${token}` })).status).toBe(200);
      expect((await peek({ 'x-api-key': '0123456789abcdef-1' })).status).toBe(200);
      expect((await peek({ authorization: `Bearer ${token}` })).status).toBe(429);
    } finally {
      await issuer.close();
    }
  });

  it('takes as many of the requests that come at once as it allows', async () => {
    await start({ HTTP_RATE_LIMIT: '10' });
    const socket = connect(Number(new URL(running[0]?.url ?? '').port), '127.0.0.1');
    let text = '';
    socket.on('data', (data) => (text += data.toString()));
    await once(socket, 'connect');
    socket.write('GET /nowhere HTTP/1.1\r\nHost: localhost\r\n\r\n'.repeat(15));
    const statuses = (): string[] =>
      [...text.matchAll(/HTTP\/1\.1 (\d+)/g)].map(([, status]) => status ?? '');
    while (statuses().length < 15) await once(socket, 'data');
    socket.destroy();
    expect(statuses().filter((status) => status === '404')).toHaveLength(10);
    expect(statuses().filter((status) => status === '429')).toHaveLength(5);
  });

  it('tells addresses apart behind a proxy that is believed, and only there', async () => {
    const from = (address: string): Record<string, string> => ({ 'x-forwarded-for': address });
    const behindProxy = await start({ HTTP_RATE_LIMIT: '1', HTTP_TRUST_PROXY: 'loopback' });
    expect((await behindProxy(from('192.0.2.1'))).status).toBe(200);
    expect((await behindProxy(from('192.0.2.2'))).status).toBe(200);
    expect((await behindProxy(from('203.0.113.9, 192.0.2.2'))).status).toBe(429);
    const alone = await start({ HTTP_RATE_LIMIT: '1' });
    expect((await alone(from('192.0.2.1'))).status).toBe(200);
    expect((await alone(from('192.0.2.2'))).status).toBe(429);
  });
});

describe('headers', () => {
  let running: RunningApp;
  beforeAll(async () => {
    running = await startApp({ APPS: 'relay' });
  });
  afterAll(() => running.close());

  it.each(['/health', '/peek', '/nowhere', '/receive?idleTimeout=nonsense'])(
    'keep browsers from doing anything with %s',
    async (path) => {
      const { headers } = await fetch(`${running.url}${path}`);
      expect(headers.get('content-security-policy')).toBe(
        "default-src 'none';frame-ancestors 'none';base-uri 'none'",
      );
      expect(headers.get('x-content-type-options')).toBe('nosniff');
      expect(headers.get('x-frame-options')).toBe('DENY');
      expect(headers.get('referrer-policy')).toBe('no-referrer');
      expect(headers.get('strict-transport-security')).toBe('max-age=31536000');
      expect(headers.get('x-powered-by')).toBeNull();
    },
  );

  it('let the documentation load what it needs from here, and nothing from elsewhere', async () => {
    const page = await fetch(`${running.url}/docs`);
    const policy = page.headers.get('content-security-policy')?.split(';') ?? [];
    expect(policy).toEqual(
      expect.arrayContaining(["default-src 'none'", "script-src 'self'", "connect-src 'self'"]),
    );
    // It is reached by plain http on a developer's machine: the browser must not ask for https.
    expect(policy).not.toContain('upgrade-insecure-requests');
    expect(page.headers.get('x-powered-by')).toBeNull();
    const html = await page.text();
    const sources = [...html.matchAll(/<(?:script|link)\b[^>]*?(?:src|href)="([^"]+)"/g)].map(
      ([, source]) => new URL(source ?? '', page.url),
    );
    expect(sources.length).toBeGreaterThanOrEqual(4);
    for (const source of sources) {
      expect(source.origin).toBe(running.url);
      const response = await fetch(source);
      expect([source.pathname, response.status]).toEqual([source.pathname, 200]);
      expect((await response.arrayBuffer()).byteLength).toBeGreaterThan(0);
    }
    // Scripts in the page itself would not run.
    expect(html).not.toMatch(/<script(?![^>]*\bsrc=)/);
    expect(html).not.toMatch(/\son\w+=/);
  });
});

describe('a shutdown', () => {
  it('does not wait for connections whose clients keep them', async () => {
    const adapter = new TimedExpressAdapter();
    adapter.initHttpServer();
    let answer: () => void = () => undefined;
    adapter.get('/slow', (_request: IncomingMessage, response: ServerResponse) => {
      answer = () => response.end('done');
    });
    await new Promise<void>((resolve) => adapter.listen(0, '127.0.0.1', resolve));
    const agent = new Agent({ keepAlive: true });
    const { port } = (adapter.getHttpServer() as Server).address() as AddressInfo;
    const ask = get({ host: '127.0.0.1', port, path: '/slow', agent });
    await once(adapter.getHttpServer() as Server, 'request');
    const closed = adapter.close();
    answer();
    const [response] = (await once(ask, 'response')) as [IncomingMessage];
    response.resume();
    const start = performance.now();
    await closed;
    expect(performance.now() - start).toBeLessThan(5_000);
    agent.destroy();
  });

  it('sends clients elsewhere while it drains', async () => {
    const { app, url, close } = await startApp({ APPS: 'relay' });
    try {
      expect((await fetch(`${url}/health/live`)).headers.get('connection')).toBe('keep-alive');
      await app.get(ServiceBusServer).drain(0);
      for (const path of ['/health/live', '/health/ready', '/peek']) {
        expect((await fetch(`${url}${path}`)).headers.get('connection')).toBe('close');
      }
    } finally {
      await close();
    }
  });
});

describe('bodies', () => {
  const MEBIBYTE = 1024 * 1024;
  let running: RunningApp;
  beforeAll(async () => {
    running = await startApp({ APPS: 'relay' });
  });
  afterAll(() => running.close());

  /** Announces a body, and resolves with the first line of the answer. */
  async function announce(bytes: number): Promise<{ socket: Socket; answer: string }> {
    const socket = connect(Number(new URL(running.url).port), '127.0.0.1');
    await once(socket, 'connect');
    socket.on('error', () => undefined);
    socket.write(
      `POST /send HTTP/1.1\r\nHost: localhost\r\nContent-Length: ${bytes}\r\nExpect: 100-continue\r\n\r\n`,
    );
    let answer = '';
    // An announcement that is taken is answered by "continue", and by nothing else until the body has come.
    while (!/^HTTP\/1\.1 (?:100 Continue\r\n\r\n$|100 Continue\r\n\r\nHTTP\/1\.1 )/.test(answer)) {
      const [data] = (await once(socket, 'data')) as [Buffer];
      answer += data.toString();
    }
    return { socket, answer };
  }

  it('are taken as long as there is room for them, and refused before they come', async () => {
    const sockets: Socket[] = [];
    for (let count = 0; count < 32; count += 1) sockets.push((await announce(MEBIBYTE)).socket);
    const response = await fetch(`${running.url}/send`, { method: 'POST', body: 'one more' });
    expect(response.status).toBe(503);
    expect(response.headers.get('retry-after')).toBe('1');
    expect(await response.json()).toMatchObject({
      message: `bodies of at most ${32 * MEBIBYTE} bytes are worked on at once`,
    });
    // What needs no room is answered.
    expect((await fetch(`${running.url}/peek`)).status).toBe(200);
    for (const socket of sockets) socket.destroy();
    await until(async () => {
      const again = await fetch(`${running.url}/send`, { method: 'POST', body: 'one more' });
      return again.status === 200;
    });
  });

  it('say how large they may be', async () => {
    const response = await fetch(`${running.url}/send`, { method: 'POST', body: 'x'.repeat(MEBIBYTE + 1) });
    expect(response.status).toBe(413);
    expect(await response.json()).toMatchObject({ message: `the body is larger than ${MEBIBYTE} bytes` });
  });
});

describe('a slow client', () => {
  const timeouts = { ...SERVER_TIMEOUTS, headersTimeoutMs: 300, requestTimeoutMs: 600, checkIntervalMs: 50 };
  let running: RunningApp;
  beforeAll(async () => {
    running = await startApp({ APPS: 'relay' }, [], { timeouts });
  });
  afterAll(() => running.close());

  const open = async (): Promise<{ socket: Socket; answer: () => string; closed: Promise<unknown> }> => {
    const socket = connect(Number(new URL(running.url).port), '127.0.0.1');
    await once(socket, 'connect');
    let text = '';
    socket.on('data', (data) => (text += data.toString()));
    socket.on('error', () => undefined);
    return { socket, answer: () => text, closed: once(socket, 'close') };
  };

  it('has to send its headers in time', async () => {
    const { socket, answer, closed } = await open();
    const start = performance.now();
    socket.write('GET /health HTTP/1.1\r\nHost: localhost\r\nX-Slow: ');
    const drip = setInterval(() => socket.write('x'), 20);
    await closed;
    clearInterval(drip);
    expect(answer()).toMatch(/^HTTP\/1\.1 408 /);
    expect(performance.now() - start).toBeGreaterThanOrEqual(290);
  });

  it('has to say something in time', async () => {
    const { answer, closed } = await open();
    await closed;
    expect(answer()).toMatch(/^HTTP\/1\.1 408 /);
  });

  it('may not send headers without end', async () => {
    const { socket, answer, closed } = await open();
    socket.write(`GET /health HTTP/1.1\r\nHost: localhost\r\nX-Long: ${'x'.repeat(17_000)}\r\n\r\n`);
    await closed;
    expect(answer()).toMatch(/^HTTP\/1\.1 431 /);
  });

  it('has to send its body in time', async () => {
    const { socket, answer, closed } = await open();
    const start = performance.now();
    socket.write('POST /send HTTP/1.1\r\nHost: localhost\r\nContent-Length: 100000\r\n\r\n');
    const drip = setInterval(() => socket.write('x'), 20);
    await closed;
    clearInterval(drip);
    expect(answer()).toMatch(/^HTTP\/1\.1 408 /);
    expect(performance.now() - start).toBeGreaterThanOrEqual(590);
    expect(running.emulator.entity('relay-in').messages()).toEqual([]);
  });

  it('may wait for its answer for longer than that', async () => {
    const start = performance.now();
    const response = await fetch(`${running.url}/receive?idleTimeout=1.5`);
    expect([response.status, await response.json()]).toEqual([200, []]);
    expect(performance.now() - start).toBeGreaterThanOrEqual(1_500);
  });

  it('may keep its connection between requests for longer than that', async () => {
    const { socket, answer } = await open();
    const ask = 'GET /health/live HTTP/1.1\r\nHost: localhost\r\n\r\n';
    const answers = (): number => answer().split('HTTP/1.1 200 ').length - 1;
    const answered = async (count: number): Promise<void> => {
      while (answers() < count) await once(socket, 'data');
    };
    socket.write(ask);
    await answered(1);
    expect(answer()).toContain('Keep-Alive: timeout=95');
    // Not a guess at how long something takes: this is the pause that is tested.
    await new Promise((resolve) => setTimeout(resolve, timeouts.requestTimeoutMs + 200));
    socket.write(ask);
    await answered(2);
    socket.destroy();
  });

  it('has 10 s for the headers and 30 s for all of it, unless a test says otherwise', async () => {
    const usual = await startApp({ APPS: 'relay' });
    try {
      expect(usual.app.getHttpServer()).toMatchObject({
        headersTimeout: 10_000,
        requestTimeout: 30_000,
        keepAliveTimeout: 95_000,
        connectionsCheckingInterval: 1_000,
      });
    } finally {
      await usual.close();
    }
  });
});

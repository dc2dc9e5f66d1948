import { type ServiceBusReceivedMessage } from '@azure/service-bus';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { once } from 'node:events';
import { type IncomingMessage, request } from 'node:http';
import { gzipSync } from 'node:zlib';

import { type Emulator } from 'service-bus-emulator';
import { type RunningApp, startApp } from '../support/start-app.js';
import { startTestEmulator } from '../support/start-emulator.js';
import { until } from '../support/until.js';

interface Details {
  readonly body: unknown;
  readonly [property: string]: unknown;
}

describe('the bus over HTTP', () => {
  let running: RunningApp;
  beforeAll(async () => {
    running = await startApp();
  });
  afterAll(() => running.close());
  afterEach(async () => {
    while (out().messageCount > 0) await receiveAll();
  });

  const send = (body: RequestInit['body'], headers: Record<string, string> = {}): Promise<Response> =>
    fetch(`${running.url}/send`, { method: 'POST', body, headers });
  const receive = async (query = 'idleTimeout=0.5'): Promise<unknown> =>
    (await fetch(`${running.url}/receive?${query}`)).json();
  /** What is there now, without waiting for more. */
  const receiveAll = (query = ''): Promise<unknown> => {
    const count = out().messageCount;
    return receive(`idleTimeout=0.5&minMessages=${count}&maxMessages=${count}${query}`);
  };
  const out = (): ReturnType<RunningApp['emulator']['entity']> => running.emulator.entity('relay-out');
  const relayed = (count: number): Promise<void> => until(() => out().messageCount >= count);
  const sendAll = async (...bodies: string[]): Promise<void> => {
    for (const body of bodies) expect((await send(body)).status).toBe(200);
    await relayed(bodies.length);
  };

  describe('POST /send', () => {
    it('answers true, as JSON, with the id of the message', async () => {
      const response = await send('Hello world!');
      expect(response.status).toBe(200);
      expect(response.headers.get('content-type')).toMatch(/^application\/json\b/);
      expect(await response.text()).toBe('true');
      const id = response.headers.get('message-id');
      expect(id).toMatch(/^[0-9a-f-]{36}$/);
      await relayed(1);
      expect(await receiveAll('&details=true')).toMatchObject([{ correlationId: id }]);
    });

    it.each([
      'application/x-www-form-urlencoded',
      'text/plain',
      'text/plain; charset=x-unknown',
      'application/json',
      'application/octet-stream',
      'multipart/form-data',
      'nonsense',
      ';;',
    ])('takes the body as it is, whatever it is said to be: %s', async (contentType) => {
      expect((await send('Hello world!', { 'content-type': contentType })).status).toBe(200);
      await relayed(1);
      expect(await receiveAll()).toEqual(['Hello world!']);
    });

    it('takes a body without a content type, and none at all', async () => {
      expect((await send(Buffer.from('Hello world!'))).status).toBe(200);
      expect((await fetch(`${running.url}/send`, { method: 'POST' })).status).toBe(200);
      await relayed(2);
      expect(await receiveAll()).toEqual(['Hello world!', '']);
    });

    it('takes a compressed body', async () => {
      const body = gzipSync('Hello world!');
      expect((await send(body, { 'content-encoding': 'gzip' })).status).toBe(200);
      await relayed(1);
      expect(await receiveAll()).toEqual(['Hello world!']);
    });

    it.each(['{"a": 1.0}', '42', '"quoted"', '東京 👍', ' \n'])(
      'gives back the same text: %j',
      async (text) => {
        await send(text, { 'content-type': 'application/json' });
        await relayed(1);
        expect(await receiveAll()).toEqual([text]);
      },
    );

    it('is text to a reader with the SDK', async () => {
      await sendAll('Hello world!');
      const receiver = running.client.createReceiver('relay-out', { receiveMode: 'receiveAndDelete' });
      const [message] = await receiver.receiveMessages(1);
      await receiver.close();
      expect(message?.body).toBe('Hello world!');
    });

    it('carries properties through the relay', async () => {
      const properties = {
        MessageId: 'm-1',
        SessionId: 's-1',
        CorrelationId: 'c-1',
        Label: 'grüße',
        To: 'there',
        ReplyTo: 'counter-out',
        ReplyToSessionId: 's-2',
        TimeToLive: 60,
      };
      const response = await send('Hello world!', {
        'content-type': 'text/plain',
        brokerproperties: Buffer.from(JSON.stringify(properties)).toString('latin1'),
        'x-property-colour': 'red',
      });
      expect(response.headers.get('message-id')).toBe('m-1');
      await relayed(1);
      expect(await receiveAll('&details=true')).toEqual([
        expect.objectContaining({
          body: 'Hello world!',
          messageId: 'm-1:relay',
          correlationId: 'c-1',
          sessionId: 's-1',
          subject: 'grüße',
          contentType: 'text/plain',
          to: 'there',
          replyTo: 'counter-out',
          replyToSessionId: 's-2',
          timeToLive: 60_000,
          applicationProperties: { colour: 'red' },
        }),
      ]);
    });

    it('schedules', async () => {
      const time = new Date(Date.now() + 60_000);
      await send('later', {
        brokerproperties: JSON.stringify({ ScheduledEnqueueTimeUtc: time.toISOString() }),
      });
      const input = running.emulator.entity('relay-in');
      await until(() => input.messageCount === 1);
      expect(input.counts.scheduled).toBe(1);
    });

    it.each([
      [
        'bytes that are no text',
        Buffer.from([0xff, 0xfe]),
        {},
        'the body is not UTF-8; send bytes as application/octet-stream',
      ],
      [
        'a property that does not exist',
        'x',
        { brokerproperties: '{"Colour":"red"}' },
        'the BrokerProperties header has no property "Colour"; it may have ',
      ],
      [
        'a header that is not JSON',
        'x',
        { brokerproperties: 'red' },
        'the BrokerProperties header is not JSON',
      ],
      [
        'an encoding that nobody knows',
        'x',
        { 'content-encoding': 'rot13' },
        'unsupported content encoding "rot13"',
      ],
    ])('refuses %s', async (_what, body, headers, message) => {
      const response = await send(body, { 'content-type': 'text/plain', ...headers });
      const error = (await response.json()) as Record<string, unknown>;
      expect(error['statusCode']).toBe(response.status);
      expect([400, 415]).toContain(response.status);
      expect(error['message']).toMatch(message);
      expect(error['error']).toMatch(/^(?:Bad Request|Unsupported Media Type)$/);
    });

    it('takes bytes that are no text as application/octet-stream', async () => {
      await send(Buffer.from([0xff, 0xfe]), { 'content-type': 'application/octet-stream' });
      await relayed(1);
      expect(await receiveAll()).toEqual(['//4=']);
    });

    it.each([300 * 1024, 2 * 1024 * 1024])('answers 413 to %d bytes', async (size) => {
      const response = await send('x'.repeat(size));
      expect(response.status).toBe(413);
      expect(await response.json()).toMatchObject({ statusCode: 413, error: 'Payload Too Large' });
    });

    it('keeps many that are sent at once', async () => {
      const bodies = Array.from({ length: 300 }, (_, index) => `message ${index}`);
      const responses = await Promise.all(bodies.map((body) => send(body)));
      expect(new Set(responses.map(({ status }) => status))).toEqual(new Set([200]));
      await relayed(bodies.length);
      const received = (await receive('idleTimeout=0.2&maxMessages=1000')) as string[];
      expect(received.sort()).toEqual(bodies.sort());
    });
  });

  describe('GET /receive', () => {
    it('takes all messages, in order, and each of them once', async () => {
      await sendAll('one', 'two', 'three');
      expect(await receive()).toEqual(['one', 'two', 'three']);
      expect(await receive()).toEqual([]);
      expect(out().messages()).toEqual([]);
    });

    it('waits until none came for the idle timeout', async () => {
      const start = performance.now();
      const received = receive('idleTimeout=1');
      await send('one');
      await relayed(1);
      await new Promise((resolve) => setTimeout(resolve, 600));
      await send('two');
      expect(await received).toEqual(['one', 'two']);
      expect(performance.now() - start).toBeGreaterThanOrEqual(1_600);
    });

    it('waits 3 s by default', async () => {
      const start = performance.now();
      expect(await receive('')).toEqual([]);
      expect(performance.now() - start).toBeGreaterThanOrEqual(2_990);
      expect(performance.now() - start).toBeLessThan(4_500);
    });

    it('returns as soon as there are as many as wanted', async () => {
      await sendAll('one', 'two', 'three');
      const start = performance.now();
      expect(await receive('idleTimeout=60&maxMessages=2')).toEqual(['one', 'two']);
      expect(performance.now() - start).toBeLessThan(10_000);
      expect(await receive('idleTimeout=60&minMessages=1')).toEqual(['three']);
    });

    it('takes what is there without waiting, with an idle timeout of 0', async () => {
      await sendAll('one', 'two');
      expect(await receive('idleTimeout=0')).toEqual(['one', 'two']);
    });

    it('reads what others sent, objects and text', async () => {
      const sender = running.client.createSender('relay-out');
      const bodies = [{ a: [1, null] }, 'text', 5, Buffer.from('raw text')];
      await sender.sendMessages(bodies.map((body) => ({ body: body })));
      await sender.close();
      expect(await receive('idleTimeout=0.2')).toEqual([{ a: [1, null] }, 'text', 5, 'raw text']);
    });

    it('gives each message to one of several readers', async () => {
      const readers = [1, 2, 3].map(() => receive('idleTimeout=1') as Promise<string[]>);
      const bodies = Array.from({ length: 30 }, (_, index) => `message ${index}`);
      await Promise.all(bodies.map((body) => send(body)));
      const received = (await Promise.all(readers)).flat();
      expect(received.sort()).toEqual(bodies.sort());
    });

    it('gives messages back at once when their reader goes away', async () => {
      await sendAll('one', 'two');
      const reader = request(`${running.url}/receive?idleTimeout=60`).end();
      reader.on('error', () => undefined);
      await until(() => out().lockedCount === 2);
      reader.destroy();
      await until(() => out().lockedCount === 0);
      await until(() => out().receiverCount === 0);
      expect(await receive()).toEqual(['one', 'two']);
    });

    it('leaves nothing locked, however often readers come and go', async () => {
      for (let round = 0; round < 10; round += 1) {
        const reader = request(`${running.url}/receive?idleTimeout=60`).end();
        reader.on('error', () => undefined);
        await until(() => out().receiverCount === 1);
        const sent = send(`message ${round}`);
        // Each round the reader goes a little later: before, while and after the message comes.
        await new Promise((resolve) => setTimeout(resolve, round));
        reader.destroy();
        await sent;
        await until(() => out().receiverCount === 0);
      }
      await relayed(10);
      await until(() => out().lockedCount === 0);
      expect((await receive()) as string[]).toHaveLength(10);
    });

    it('completes only what has been handed over: a client that stops reading has got nothing', async () => {
      const sender = running.client.createSender('relay-out');
      const large = 'x'.repeat(200_000);
      for (let index = 0; index < 60; index += 1) await sender.sendMessages({ body: large });
      await sender.close();
      const reader = request(`${running.url}/receive?maxMessages=60`).end();
      // 12 MB do not fit into the buffers between the two sockets, and nobody reads them.
      const [response] = (await once(reader, 'response')) as [IncomingMessage];
      expect(response.statusCode).toBe(200);
      // What had been completed by now would be gone when the broker has answered this.
      const peeked = (await (await fetch(`${running.url}/peek`)).json()) as string[];
      expect(peeked.length).toBe(60);
      response.on('error', () => undefined);
      reader.destroy();
      await until(() => out().lockedCount === 0);
      const again = (await receive('idleTimeout=60&minMessages=60&maxMessages=60')) as string[];
      expect(again.length).toBe(60);
    });

    it('keeps the locks of what it holds while it waits', async () => {
      const other = await startApp({ APPS: 'relay', RELAY_IN_QUEUE: 'short', RELAY_OUT_QUEUE: 'short' }, [
        { name: 'short', lockDurationMs: 1_000, maxDeliveryCount: 1 },
      ]);
      try {
        const received = fetch(`${other.url}/receive?idleTimeout=3`).then((response) => response.json());
        await fetch(`${other.url}/send`, { method: 'POST', body: 'Hello world!' });
        expect(await received).toEqual(['Hello world!']);
        await until(() => other.emulator.entity('short').messageCount === 0);
        expect(other.emulator.entity('short/$DeadLetterQueue').messages()).toEqual([]);
      } finally {
        await other.close();
      }
    });

    it('hands over what it has when its link is lost, and completes it all the same', async () => {
      const reader = receive('idleTimeout=60');
      await until(() => out().receiverCount === 1);
      await send('one');
      await until(() => out().lockedCount === 1);
      running.emulator.detachLinks('relay-out');
      expect(await reader).toEqual(['one']);
      await until(() => out().messageCount === 0);
    });

    it('goes on when its link is lost while it has nothing', async () => {
      const reader = receive('idleTimeout=60&minMessages=1');
      await until(() => out().receiverCount === 1);
      running.emulator.detachLinks('relay-out');
      await send('one');
      expect(await reader).toEqual(['one']);
    });

    it('serves many readers at once, and leaves nothing locked', async () => {
      const readers = Array.from(
        { length: 40 },
        () => receive('idleTimeout=1&maxMessages=20') as Promise<string[]>,
      );
      const bodies = Array.from({ length: 500 }, (_, index) => `message ${index}`);
      const sender = running.client.createSender('relay-out');
      await sender.sendMessages(bodies.map((body) => ({ body })));
      await sender.close();
      const received = (await Promise.all(readers)).flat();
      expect(received.sort()).toEqual(bodies.sort());
      await until(() => out().messageCount === 0);
    });

    it('does not take messages for HEAD', async () => {
      await sendAll('one');
      expect((await fetch(`${running.url}/receive`, { method: 'HEAD' })).status).toBe(405);
      expect(await receive()).toEqual(['one']);
    });

    it('cannot be answered from a cache', async () => {
      const response = await fetch(`${running.url}/receive?idleTimeout=0`);
      expect(response.headers.get('cache-control')).toBe('no-store');
      expect(response.headers.get('etag')).toBeNull();
      await response.text();
    });

    it.each([
      ['constructor=1', 'property constructor should not exist'],
      ['toString=1&__proto__=1', 'property toString should not exist; property __proto__ should not exist'],
      ['prototype=1', 'property prototype should not exist'],
      ['idleTimeout=61', 'idleTimeout must not be greater than 60'],
      ['idleTimeout=-1', 'idleTimeout must not be less than 0'],
      ['idleTimeout=soon', 'idleTimeout '],
      ['idleTimeout=', 'idleTimeout '],
      ['idleTimeout=1&idleTimeout=2', 'idleTimeout '],
      ['maxMessages=0', 'maxMessages must not be less than 1'],
      ['maxMessages=1001', 'maxMessages must not be greater than 1000'],
      ['maxMessages=1.5', 'maxMessages must be an integer number'],
      ['minMessages=-1', 'minMessages must not be less than 0'],
      ['details=yes', 'details must be a boolean value'],
      ['idletimeout=1', 'property idletimeout should not exist'],
    ])('refuses %s, and takes nothing', async (query, message) => {
      await sendAll('one');
      const response = await fetch(`${running.url}/receive?${query}`);
      expect(response.status).toBe(400);
      const error = (await response.json()) as Record<string, unknown>;
      expect(error).toMatchObject({ statusCode: 400, error: 'Bad Request' });
      expect(error['message']).toContain(message);
      expect(await receiveAll()).toEqual(['one']);
    });
  });

  describe('GET /peek', () => {
    const peek = async (query = ''): Promise<unknown> => (await fetch(`${running.url}/peek?${query}`)).json();

    it('looks, and takes nothing', async () => {
      await sendAll('one', 'two');
      expect(await peek()).toEqual(['one', 'two']);
      expect(await peek()).toEqual(['one', 'two']);
      expect(await receive()).toEqual(['one', 'two']);
      expect(await peek()).toEqual([]);
    });

    it('pages by sequence number', async () => {
      await sendAll('one', 'two', 'three');
      const [first, second] = (await peek('maxMessages=2&details=true')) as Details[];
      expect([first?.body, second?.body]).toEqual(['one', 'two']);
      const next = BigInt(String(second?.['sequenceNumber'])) + 1n;
      expect(await peek(`fromSequenceNumber=${next}`)).toEqual(['three']);
    });

    it('shows more than the broker gives at a time', async () => {
      const sender = running.client.createSender('relay-out');
      const bodies = Array.from({ length: 400 }, (_, index) => `message ${index}`);
      await sender.sendMessages(bodies.map((body) => ({ body })));
      await sender.close();
      expect(await peek('maxMessages=1000')).toEqual(bodies);
      await receiveAll();
    });

    it.each(['maxMessages=0', 'fromSequenceNumber=-1', 'fromSequenceNumber=9223372036854775808', 'from=1'])(
      'refuses %s',
      async (query) => {
        expect(await peek(query)).toMatchObject({ statusCode: 400, error: 'Bad Request' });
      },
    );
  });

  it('answers in JSON to what does not exist', async () => {
    const response = await fetch(`${running.url}/nowhere`);
    expect(response.status).toBe(404);
    expect(await response.json()).toEqual({
      statusCode: 404,
      error: 'Not Found',
      message: 'Cannot GET /nowhere',
    });
  });

  it('refuses what the queue does not take, in its words', async () => {
    running.emulator.faults.refuseSends(1, 'amqp:not-allowed', 'relay-in');
    const response = await send('Hello world!');
    expect(response.status).toBe(400);
    expect(await response.json()).toMatchObject({ message: 'The emulator was told to refuse this send.' });
  });
});

describe('one plain queue', () => {
  it('sends to and receives from the same queue, and nothing else reads it', async () => {
    const variables = { APPS: 'relay', RELAY_IN_QUEUE: 'PyconLabQueue', RELAY_OUT_QUEUE: 'PyconLabQueue' };
    const { url, emulator, close } = await startApp(variables);
    try {
      await fetch(`${url}/send`, { method: 'POST', body: 'Hello world!' });
      const queue = emulator.entity('PyconLabQueue');
      expect(queue.counts.active).toBe(1);
      expect(queue.receiverCount).toBe(0);
      expect(await (await fetch(`${url}/receive?idleTimeout=0`)).json()).toEqual(['Hello world!']);
      await until(() => queue.counts.active === 0);
    } finally {
      await close();
    }
  });
});

describe('the relay keeps', () => {
  it('bodies byte by byte, and typed properties', async () => {
    const { client, close } = await startApp({ APPS: 'relay' });
    try {
      const bodies = [
        Buffer.from('{"a": 1.0}'),
        Buffer.from([0xff, 0x00]),
        Buffer.from('"text"'),
        Buffer.from('text'),
      ];
      const applicationProperties = { size: 5, on: true, colour: 'red' };
      const sender = client.createSender('relay-in');
      for (const body of bodies)
        await sender.sendMessages({ body, applicationProperties, contentType: 'a/b' });
      const receiver = client.createReceiver('relay-out', { skipParsingBodyAsJson: true });
      const received: ServiceBusReceivedMessage[] = [];
      while (received.length < bodies.length)
        received.push(...(await receiver.receiveMessages(bodies.length)));
      const inOrder = (all: unknown[]): string[] => all.map(String).sort();
      expect(inOrder(received.map(({ body }) => (body as Buffer).toString('hex')))).toEqual(
        inOrder(bodies.map((body) => body.toString('hex'))),
      );
      for (const message of received)
        expect(message).toMatchObject({ applicationProperties, contentType: 'a/b' });
    } finally {
      await close();
    }
  });
});

describe('large messages', () => {
  const COUNT = 100;
  const BYTES = 250_000;
  const MAX_ANSWER_BYTES = 16 * 1024 * 1024;
  let running: RunningApp;
  beforeAll(async () => {
    running = await startApp({ APPS: 'relay' });
    const sender = running.client.createSender('relay-out');
    for (let number = 0; number < COUNT; number += 1) {
      await sender.sendMessages({ body: `${number} `.padEnd(BYTES, 'x'), messageId: `m${number}` });
    }
  });
  afterAll(() => running.close());
  const numbersOf = (bodies: unknown): number[] =>
    (bodies as string[]).map((body) => Number.parseInt(body, 10));
  const ask = async (path: string): Promise<number[]> =>
    numbersOf(await (await fetch(running.url + path)).json());

  it('are peeked at as far as they fit into an answer', async () => {
    const numbers = await ask('/peek?maxMessages=1000');
    expect(numbers).toHaveLength(Math.floor(MAX_ANSWER_BYTES / BYTES));
    expect(numbers[0]).toBe(0);
  });

  it('come in several answers, each of them once', async () => {
    const all: number[] = [];
    while (all.length < COUNT) {
      const numbers = await ask('/receive?maxMessages=1000&idleTimeout=5');
      expect(numbers.length * BYTES).toBeLessThanOrEqual(MAX_ANSWER_BYTES);
      expect(numbers.length).toBeGreaterThan(0);
      all.push(...numbers);
    }
    expect(all.sort((one, other) => one - other)).toEqual(Array.from({ length: COUNT }, (_, index) => index));
  });
});

describe('the relay passes on', () => {
  it.each([
    ['JSON that is none', 'application/json', Buffer.from('{"a": ')],
    ['JSON that is nested too deep', 'application/json', Buffer.from('['.repeat(5_000) + ']'.repeat(5_000))],
    ['JSON with a __proto__', 'application/json', Buffer.from('{"__proto__":{"a":1}}')],
    ['text that is not in its charset', 'text/plain; charset=utf-8', Buffer.from([0xc3, 0x28])],
  ])('%s', async (_what, contentType, body) => {
    const { client, emulator, close } = await startApp({ APPS: 'relay' });
    try {
      await client.createSender('relay-in').sendMessages({ body, contentType });
      const receiver = client.createReceiver('relay-out', { skipParsingBodyAsJson: true });
      await until(() => emulator.entity('relay-out').messageCount === 1);
      const [message] = await receiver.receiveMessages(1);
      expect((message?.body as Buffer).toString('hex')).toBe(body.toString('hex'));
      expect(message?.contentType).toBe(contentType);
      expect(emulator.entity('relay-in/$DeadLetterQueue').messages()).toEqual([]);
    } finally {
      await close();
    }
  });
});

describe('without a broker', () => {
  it('answers 503 with Retry-After, soon, and works again when the broker is back', async () => {
    const { url, emulator, close } = await startApp({ APPS: 'relay' });
    let next: Emulator | undefined;
    try {
      await emulator.close();
      for (const [path, init] of [
        ['/send', { method: 'POST', body: 'Hello world!' }],
        ['/receive?idleTimeout=0', {}],
        ['/peek', {}],
      ] as const) {
        const start = performance.now();
        const response = await fetch(`${url}${path}`, init);
        expect(performance.now() - start).toBeLessThan(7_000);
        expect(response.status).toBe(503);
        expect(response.headers.get('retry-after')).toBe('5');
        expect(await response.json()).toMatchObject({ statusCode: 503, error: 'Service Unavailable' });
      }
      next = await startTestEmulator({ queues: ['relay-in', 'relay-out'] }, { port: emulator.port });
      const response = await fetch(`${url}/send`, { method: 'POST', body: 'Hello again!' });
      expect(response.status).toBe(200);
      const queue = next.entity('relay-out');
      await until(() => queue.counts.active === 1, 10_000);
      expect(await (await fetch(`${url}/receive?idleTimeout=0`)).json()).toEqual(['Hello again!']);
    } finally {
      await close();
      await next?.close();
    }
  });
});

describe('a shutdown', () => {
  it('answers waiting readers with what they have got, and completes it', async () => {
    const { app, url, emulator, client, close } = await startApp({ APPS: 'relay' });
    const received = fetch(`${url}/receive?idleTimeout=60`).then((response) => response.json());
    await fetch(`${url}/send`, { method: 'POST', body: 'Hello world!' });
    const queue = emulator.entity('relay-out');
    await until(() => queue.lockedCount === 1);
    const closing = app.close();
    expect(await received).toEqual(['Hello world!']);
    await closing;
    expect(queue.messages()).toEqual([]);
    await client.close();
    await close();
  });
});

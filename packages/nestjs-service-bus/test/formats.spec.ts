import { gunzipSync, gzipSync } from 'node:zlib';

import { type ServiceBusMessage, type ServiceBusReceivedMessage } from '@azure/service-bus';
import { describe, expect, it } from '@jest/globals';
import { firstValueFrom } from 'rxjs';

import { until } from '../../../test/support/until.js';
import {
  binary,
  type Compression,
  gzip,
  json,
  OpenedEnvelope,
  type PayloadFormat,
  text,
} from '../src/formats.js';
import {
  RetryException,
  SerializationError,
  ServiceBusClientProxy,
  type ServiceBusClientProxyOptions,
  ServiceBusMessageBuilder,
  ServiceBusModule,
} from '../src/index.js';
import { serviceBusScene } from './support/service-bus-scene.js';

const REVERSED = 'application/x-reversed';

/** JSON, read from right to left. */
const reversed = (changes: Partial<PayloadFormat> = {}): PayloadFormat => ({
  contentType: REVERSED,
  serialize: (payload) => turned(JSON.stringify(payload)),
  deserialize: (body) => JSON.parse(turned(body.toString())) as unknown,
  ...changes,
});
const turned = (line: string): string => [...line].reverse().join('');
const inReverse = (payload: unknown): ServiceBusMessage => ({
  body: Buffer.from(turned(JSON.stringify(payload))),
  contentType: `${REVERSED}; v=1`,
});
const later = <Value>(value: Value): Promise<Value> =>
  new Promise((resolve) => setImmediate(() => resolve(value)));

const encoding = (message: ServiceBusReceivedMessage | undefined): string | undefined =>
  message?._rawAmqpMessage.properties?.contentEncoding;
/** As the SDK would read it, were it JSON. */
const bytesOf = (message: ServiceBusReceivedMessage | undefined): Buffer => message?.body as Buffer;

describe('formats', () => {
  const scene = serviceBusScene({
    entities: {
      queues: ['work', 'out', 'replies', { name: 'ordered', requiresSession: true }],
    },
  });
  const compressed = (payload: unknown, options: { maxLength?: number } = {}): object => ({
    body: gzipSync(JSON.stringify(payload)).subarray(0, options.maxLength),
    bodyType: 'data',
    properties: { contentType: 'application/json', contentEncoding: 'gzip' },
  });

  const deadLetter = async (): Promise<{ reason?: string; description?: string; body: unknown }> => {
    const [letter] = await scene.take('work/$DeadLetterQueue');
    const { deadLetterReason: reason, deadLetterErrorDescription: description } = letter ?? {};
    return {
      ...(reason && { reason }),
      ...(description && { description }),
      body: letter?.body as unknown,
    };
  };

  it('reads by content type, and all else as ever', async () => {
    const got: unknown[] = [];
    await scene.startWork((payload) => void got.push(payload), { formats: [reversed()] });
    const plain = [
      { body: { a: 1 } },
      { body: Buffer.from('text'), contentType: 'text/plain' },
      { body: Buffer.from([255, 0]), contentType: 'application/octet-stream' },
    ];
    for (const message of [inReverse({ a: 'ü' }), ...plain]) await scene.send('work', message);
    await until(() => got.length === 4);
    expect(got).toEqual([{ a: 'ü' }, { a: 1 }, 'text', Buffer.from([255, 0])]);
  });

  it('writes results by the first one, with a derived id as ever', async () => {
    await scene.startWork((payload) => payload, { replyTo: 'out', formats: [text(), reversed()] });
    await scene.send('work', { ...inReverse('hello'), messageId: 'm1' });
    const [result] = await scene.take('out');
    expect(result).toMatchObject({ messageId: 'm1:work', contentType: 'text/plain' });
    expect(String(bytesOf(result))).toBe('hello');
  });

  it('are the application’s, behind those of the binding', async () => {
    await scene.startWork(
      (payload) => payload,
      { replyTo: 'out', formats: [json()] },
      { formats: [reversed()] },
    );
    await scene.send('work', inReverse([1, 2]));
    const [result] = await scene.take('out');
    expect(result).toMatchObject({ contentType: 'application/json', body: [1, 2] });
  });

  it('may take their time', async () => {
    const slow = reversed({
      serialize: (payload) => later({ body: Buffer.from(turned(JSON.stringify(payload))) }),
      deserialize: (body) => later(JSON.parse(turned(body.toString()))),
    });
    await scene.startWork((payload) => payload, { replyTo: 'out', formats: [slow] });
    await scene.send('work', inReverse({ slow: true }));
    expect(String(bytesOf((await scene.take('out'))[0]))).toBe(turned('{"slow":true}'));
  });

  it('pick the handler by an envelope where the message has no subject', async () => {
    const got: unknown[] = [];
    const enveloped = reversed({
      deserialize: (body) => new OpenedEnvelope(String(body), { version: 1 }, { subjects: ['greeting'] }),
    });
    await scene.startWork((payload) => void got.push(payload), { formats: [enveloped] });
    await scene.send('work', { body: Buffer.from('hi'), contentType: REVERSED });
    await until(() => got.length === 1);
    expect(got).toEqual(['hi']);
  });

  it.each([
    ['throws', reversed({ deserialize: () => raise(new RangeError('no such schema')) }), /no such schema/],
    ['rejects', reversed({ deserialize: () => Promise.reject(new Error('late')) }), /late/],
    ['returns nothing', reversed({ deserialize: () => undefined }), /returned undefined/],
    ['cannot tell', reversed({ reads: () => raise(new Error('who knows')) }), /who knows/],
    ['throws what is no error', reversed({ deserialize: () => raise('text') }), /text/],
  ])('dead-letter with the cause where one %s, and leave the bytes as they came', async (_, format, why) => {
    await scene.startWork(() => undefined, { formats: [format] });
    await scene.send('work', inReverse({ a: 1 }));
    const letter = await deadLetter();
    expect(letter).toMatchObject({
      reason: 'UndecodableMessage',
      description: expect.stringMatching(why) as unknown,
    });
    expect(letter.description).toContain(REVERSED);
    expect(String(letter.body)).toBe(turned('{"a":1}'));
  });

  it('have a message tried again by a RetryException, with its bytes', async () => {
    let tries = 0;
    const got: unknown[] = [];
    const flaky = reversed({
      deserialize: (body) => {
        if (++tries < 3) throw new RetryException({ delayMs: 1, message: 'the registry is away' });
        return JSON.parse(turned(body.toString())) as unknown;
      },
    });
    await scene.startWork((payload) => void got.push(payload), { formats: [flaky] });
    await scene.send('work', inReverse({ a: 1 }));
    await until(() => got.length === 1);
    expect(got).toEqual([{ a: 1 }]);
    expect(tries).toBe(3);
  });

  it('read each attempt from the bytes, also in a session and from a copy', async () => {
    const got: unknown[] = [];
    const handler = (payload: unknown): void => {
      got.push(payload);
      if (got.length % 2 === 1) throw new RetryException({ delayMs: got.length === 1 ? 1 : 50 });
    };
    const binding = { formats: [reversed()], compression: gzip() };
    const plain = await scene.startWork(handler, { ...binding, retry: { maxHoldMs: 10 } });
    await scene.send('work', inReverse({ a: 1 }));
    await until(() => got.length === 2);
    await scene.send('work', compressed({ b: 2 }) as ServiceBusMessage);
    await until(() => got.length === 4);
    await plain.close();
    await scene.startWork(handler, { ...binding, queue: 'ordered', sessions: { maxConcurrentSessions: 1 } });
    await scene.send('ordered', { ...inReverse({ c: 3 }), sessionId: 's' });
    await until(() => got.length === 6);
    expect(got).toEqual([{ a: 1 }, { a: 1 }, { b: 2 }, { b: 2 }, { c: 3 }, { c: 3 }]);
  });

  it('dead-letter what none of them reads, where they are strict', async () => {
    const got: unknown[] = [];
    await scene.startWork((payload) => void got.push(payload), {
      formats: [reversed(), json()],
      strictFormats: true,
    });
    await scene.send(
      'work',
      { body: 'text', contentType: 'text/plain' },
      { body: 1, contentType: 'application/json' },
    );
    expect(await deadLetter()).toMatchObject({
      reason: 'UndecodableMessage',
      description:
        'its content type is text/plain, and strictFormats allows application/x-reversed, application/json',
    });
    await until(() => got.length === 1);
    expect(got).toEqual([1]);
  });

  it.each<[string, PayloadFormat, unknown, RegExp]>([
    ['text that is none', text(), { a: 1 }, /text\/plain: the payload is object, allowed is a string/],
    ['bytes that are none', binary(), 'a', /the payload is string, allowed are bytes/],
    ['JSON of bytes', json(), Buffer.from('a'), /bytes has no form in JSON/],
    ['what throws', reversed({ serialize: () => raise(new Error('no schema')) }), 1, /x-reversed.*no schema/],
    ['nonsense', reversed({ serialize: () => 7 as unknown as string }), 1, /serialize\(\) returned number/],
  ])('dead-letter the input of a result of %s after one run', async (_what, format, result, why) => {
    let runs = 0;
    await scene.startWork(() => (runs++, result), { replyTo: 'out', formats: [format] });
    await scene.send('work', { body: 1 });
    expect(await deadLetter()).toMatchObject({
      reason: 'UnserializableResult',
      description: expect.stringMatching(why) as unknown,
    });
    expect(runs).toBe(1);
    expect(scene.left('out')).toBe(0);
  });

  describe('of a client', () => {
    const clientOf = (options: Partial<ServiceBusClientProxyOptions>): ServiceBusClientProxy =>
      new ServiceBusClientProxy({ connectionString: scene.emulator.connectionString, ...options });

    it('write requests, and read what the handler has written', async () => {
      const options = { formats: [reversed()], compression: gzip({ minBytes: 0 }) };
      const got: unknown[] = [];
      await scene.startWork((payload) => (got.push(payload), { echo: payload }), options);
      const client = clientOf({ ...options, replyQueue: 'replies' });
      const request = { text: 'x'.repeat(100) };
      expect(await firstValueFrom(client.send('work', request))).toEqual({ echo: request });
      expect(got).toEqual([request]);
      await client.close();
    });

    it('leave errors in JSON', async () => {
      await scene.startWork(() => raise(new Error('secret')), {
        formats: [reversed()],
        retry: { maxAttempts: 1 },
      });
      const client = clientOf({ formats: [reversed()], replyQueue: 'replies' });
      await expect(firstValueFrom(client.send('work', 1))).rejects.toMatchObject({
        error: { status: 'error', message: 'Internal server error' },
      });
      await client.close();
    });

    it('fail before anything leaves', async () => {
      const client = clientOf({ formats: [text()] });
      await expect(firstValueFrom(client.emit('work', 7))).rejects.toThrow(SerializationError);
      expect(scene.left('work')).toBe(0);
      await client.close();
    });

    it('keep the order of the calls', async () => {
      const uneven = reversed({
        serialize: (payload) =>
          (payload as number) % 2 === 0
            ? later(1).then(() => later(JSON.stringify(payload)))
            : JSON.stringify(payload),
      });
      const client = clientOf({ formats: [uneven], queues: { work: 'ordered' } });
      const send = (number: number): Promise<unknown> =>
        firstValueFrom(client.emit('work', new ServiceBusMessageBuilder(number).setSessionId('s').build()), {
          defaultValue: undefined,
        });
      await Promise.all([0, 1, 2, 3, 4, 5].map(send));
      const receiver = await scene.client.acceptSession('ordered', 's', { receiveMode: 'receiveAndDelete' });
      const bodies: string[] = [];
      while (bodies.length < 6) {
        bodies.push(...(await receiver.receiveMessages(6)).map(({ body }) => String(body)));
      }
      await receiver.close();
      expect(bodies).toEqual(['0', '1', '2', '3', '4', '5']);
      await client.close();
    });
  });

  describe('compression', () => {
    it('makes large results smaller, and leaves small ones', async () => {
      await scene.startWork((payload) => payload, { replyTo: 'out', compression: gzip() });
      const large = { text: 'large '.repeat(1_000) };
      await scene.send('work', { body: large }, { body: 'small' });
      const results = await scene.take('out', 2);
      const one = results.find((result) => encoding(result) === 'gzip');
      expect(one?.contentType).toBe('application/json');
      expect(JSON.parse(gunzipSync(bytesOf(one)).toString())).toEqual(large);
      expect(bytesOf(one).length).toBeLessThan(200);
      const other = results.find((result) => encoding(result) === undefined);
      expect(other?.body).toBe('small');
    });

    it('reads what others have compressed', async () => {
      const got: unknown[] = [];
      await scene.startWork((payload) => void got.push(payload), {
        formats: [reversed()],
        compression: gzip(),
      });
      const body = gzipSync(turned('{"b":2}'));
      await scene.send('work', compressed({ a: 1 }) as ServiceBusMessage);
      await scene.send('work', {
        body,
        bodyType: 'data',
        properties: { contentType: REVERSED, contentEncoding: 'X-GZIP' },
      } as unknown as ServiceBusMessage);
      await until(() => got.length === 2);
      expect(got).toEqual([{ a: 1 }, { b: 2 }]);
    });

    it.each([
      ['a bomb', () => compressed('0'.repeat(2_000_000)), /decompresses to more than 1000000/],
      ['one that is cut short', () => compressed({ a: 'b' }, { maxLength: 20 }), /ends too early/],
      ['one without bytes', () => compressed({ a: 'b' }, { maxLength: 0 }), /ends too early/],
      [
        'one that is none',
        () => encoded(Buffer.from('plain'), 'gzip'),
        /gzip, and its body of 5 bytes is not/,
      ],
      [
        'another encoding',
        () => encoded(Buffer.from('plain'), 'br'),
        /encoding is br, and what can be read is gzip/,
      ],
    ])('dead-letters %s, as it came', async (_what, message, why) => {
      await scene.startWork(() => undefined, { compression: gzip({ maxBytes: 1_000_000 }) });
      const sent = message() as { body: Buffer };
      await scene.send('work', sent);
      const letter = await deadLetter();
      expect(letter).toMatchObject({
        reason: 'UndecodableMessage',
        description: expect.stringMatching(why) as unknown,
      });
      expect(letter.body).toEqual(sent.body);
    });

    it('asks for itself where a format reads an encoded message', async () => {
      await scene.startWork(() => undefined, { formats: [json()] });
      await scene.send('work', compressed({ a: 1 }) as ServiceBusMessage);
      expect((await deadLetter()).description).toMatch(/no compression is configured: compression: gzip\(\)/);
    });

    it('leaves encoded bodies alone where nobody asks for it', async () => {
      const got: unknown[] = [];
      await scene.startWork(
        (payload) => void got.push(payload),
        { compression: false },
        { compression: gzip() },
      );
      const message = compressed({ a: 1 }) as ServiceBusMessage;
      await scene.send('work', message);
      await until(() => got.length === 1);
      expect(got).toEqual([message.body]);
    });

    it.each<[string, Partial<Compression>, RegExp]>([
      ['throws', { decompress: () => raise(new Error('broken')) }, /broken/],
      [
        'returns nonsense',
        { decompress: () => 'text' as unknown as Buffer },
        /decompress\(\) returned string/,
      ],
    ])('of one’s own that %s is told of', async (_what, changes, why) => {
      const own: Compression = {
        contentEncoding: 'own',
        compress: (body) => body,
        decompress: (body) => body,
      };
      await scene.startWork(() => undefined, { compression: { ...own, ...changes } });
      await scene.send('work', encoded(Buffer.from('a'), 'own') as ServiceBusMessage);
      expect((await deadLetter()).description).toMatch(why);
    });
  });

  it('hand over AMQP’s own values and sequences as what they are', async () => {
    const got: unknown[] = [];
    await scene.startWork((payload) => void got.push(payload), {
      formats: [reversed()],
      compression: gzip(),
      strictFormats: true,
    });
    for (const [bodyType, body] of [
      ['value', { a: 1, list: ['b', true, null] }],
      ['value', 'text'],
      ['value', 7],
      ['sequence', [1, 'two', { three: 3 }]],
    ] as const) {
      await scene.send('work', {
        body,
        bodyType,
        properties: { contentType: REVERSED },
      } as unknown as ServiceBusMessage);
    }
    await until(() => got.length === 4);
    expect(got).toEqual([{ a: 1, list: ['b', true, null] }, 'text', 7, [1, 'two', { three: 3 }]]);
  });

  it('stop the start where they are none', async () => {
    const start = (formats: unknown, compression?: unknown): Promise<unknown> =>
      scene.startApp({
        imports: [ServiceBusModule.forFeature({ pattern: 'work', formats, compression } as never)],
      });
    await expect(start([json])).rejects.toThrow(
      'formats[0] is a function, allowed is what it returns: json() or cloudEvents({ … })',
    );
    await expect(start(json())).rejects.toThrow('formats is an object, allowed is an array of formats');
    await expect(start([{ contentType: '', serialize: () => '' }])).rejects.toThrow(
      'formats[0] lacks contentType and deserialize',
    );
    await expect(start([], 'gzip')).rejects.toThrow('compression is gzip, allowed is an object like gzip()');
    expect(() => gzip({ maxBytes: 0 })).toThrow('gzip: maxBytes is 0, allowed is an integer from 1 to');
  });
});

function encoded(body: Buffer, contentEncoding: string): object {
  return { body, bodyType: 'data', properties: { contentType: 'application/json', contentEncoding } };
}

function raise(error: unknown): never {
  throw error;
}

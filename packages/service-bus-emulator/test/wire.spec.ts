import { once } from 'node:events';

import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';

import { Decoder, type Described } from './support/decode-amqp.js';
import { emulatorScene, receiveOne } from './support/emulator-scene.js';
import * as amqp from './support/encode-amqp.js';
import { emptyTerminus, errorOf, fieldsOf, source, target, WireClient } from './support/wire-client.js';
import { until } from '../../../test/support/until.js';

const MESSAGE = amqp.data(Buffer.from('hello'));

describe('on the wire', () => {
  const scene = emulatorScene(
    {
      queues: ['orders', 'both', { name: 'sessions', requiresSession: true }],
      topics: [{ name: 'events', subscriptions: ['all'] }],
    },
    {
      authorizationRules: [
        { keyName: 'sending', primaryKey: 'sending-key', rights: ['Send'] },
        { keyName: 'listening', primaryKey: 'listening-key', rights: ['Listen'] },
      ],
    },
  );
  let client: WireClient;
  beforeEach(async () => {
    client = await WireClient.connect(scene.emulator.port);
  });
  afterEach(() => {
    client.close();
    expect(client.failure).toBeUndefined();
    scene.emulator.reset();
  });

  it('every performative, outcome and error has all of its fields, and none is surplus', async () => {
    const begin = client.frames.find(({ kind }) => kind === 'begin');
    // Some clients take handle-max for a number without looking.
    expect(begin!.fields[4]).toEqual(expect.any(Number));
    await client.putToken();
    client.attachSender(0, target('orders'));
    await client.next('flow');
    for (const id of [1, 2, 3]) client.transfer(0, id, MESSAGE);
    await client.next('disposition', ({ fields }) => fields[2] === 3 || fields[1] === 3);

    client.attachReceiver(1, source('orders'));
    client.flow(1, 3);
    for (const [id, outcome] of [
      [1, 0x24],
      [2, 0x25],
      [3, 0x27],
    ] as const) {
      const { fields } = await client.next('transfer', (frame) => frame.fields[1] === id);
      expect(fields).toHaveLength(11);
      client.settle(id, outcome);
      const answer = await client.next('disposition', (frame) => frame.fields[1] === id && !frame.fields[0]);
      expect(fieldsOf(answer.fields[4]).kind).toBe(
        { 0x24: 'accepted', 0x25: 'rejected', 0x27: 'modified' }[outcome],
      );
    }
    const kinds = new Set(client.frames.map(({ kind }) => kind));
    expect([...kinds].sort()).toEqual(['attach', 'begin', 'disposition', 'flow', 'open', 'transfer']);
  });

  it('refusals of transfers and settlements carry complete errors', async () => {
    await client.putToken();
    client.attachSender(0, target('sessions'));
    await client.next('flow');
    client.transfer(0, 1, MESSAGE);
    const { fields } = await client.next('disposition', (frame) => frame.fields[1] === 1);
    const { kind, fields: rejected } = fieldsOf(fields[4]);
    expect(kind).toBe('rejected');
    expect(errorOf(rejected[0]).condition).toBe('amqp:not-allowed');

    await scene.send('orders', { body: 1 });
    client.attachReceiver(1, source('orders'));
    client.flow(1, 1);
    const { fields: transfer } = await client.next('transfer');
    scene.emulator.faults.failSettlements(1);
    client.settle(transfer[1] as number, 0x24);
    const answer = await client.next('disposition', (frame) => frame.fields[0] === false);
    expect(errorOf(fieldsOf(answer.fields[4]).fields[0]).condition).toBe('com.microsoft:message-lock-lost');
  });

  it('an empty list stays an empty list, whatever other clients have sent', async () => {
    await client.putToken();
    for (let handle = 0; handle < 3; handle += 1) {
      client.attachReceiver(handle, source('orders'), `from-${handle}`, emptyTerminus(0x29));
      client.attachSender(10 + handle, target('orders'), `to-${handle}`, emptyTerminus(0x28));
    }
    for (let count = 0; count < 6; count += 1) {
      const { fields } = await client.next('attach');
      const isSending = fields[2] === true;
      const echoed = fieldsOf(isSending ? fields[5] : fields[6]);
      expect(echoed.fields).toEqual(Array(echoed.fields.length).fill(null));
    }
    // What the library shares among all of its users has stayed as it was.
    const { default: rhea } = await import('rhea');
    expect((rhea.types as unknown as { List0(): { value: unknown[] } }).List0().value).toEqual([]);
  });

  it.each(['$cbs', 'orders/$management'])(
    'the answer to a request on %s precedes the reply to it',
    async (node) => {
      await client.putToken();
      const before = client.frames.length;
      client.attachSender(0, target(node));
      client.attachReceiver(1, source(node), 'reply');
      client.flow(1, 5);
      await client.next('flow', ({ fields }) => fields[4] !== null);
      client.transfer(0, 1, client.tokenRequest('reply'));
      await client.next('transfer');
      const order = client.frames.slice(before).filter(({ kind }) => /^(transfer|disposition)$/.test(kind));
      expect(order.map(({ kind }) => kind)).toEqual(['disposition', 'transfer']);
    },
  );

  it.each(['$cbs', 'orders/$management'])(
    'a request on %s whose reply-to names no link is rejected',
    async (node) => {
      await client.putToken();
      client.attachSender(0, target(node));
      client.attachReceiver(1, source(node), 'reply');
      client.flow(1, 5);
      client.transfer(0, 1, client.tokenRequest('nowhere'));
      const { fields } = await client.next('disposition', (frame) => frame.fields[1] === 1);
      const { fields: rejected } = fieldsOf(fields[4]);
      expect(errorOf(rejected[0])).toMatchObject({
        condition: 'amqp:not-found',
        description: expect.stringMatching(/^The reply-to 'nowhere' names no receiving link/),
      });
    },
  );

  it('the attach echoes source and target as the client has sent them', async () => {
    await client.putToken();
    const url = `amqps://127.0.0.1:${scene.emulator.port}/orders`;
    client.attachSender(0, target(url), 'sending', source('me'));
    client.attachReceiver(1, source(url), 'receiving', target('my place'));
    const [sending, receiving] = [await client.next('attach'), await client.next('attach')];
    const addresses = ({ fields }: { fields: readonly unknown[] }) =>
      [fields[5], fields[6]].map((terminus) => fieldsOf(terminus).fields[0]);
    expect(addresses(sending)).toEqual(['me', url]);
    expect(addresses(receiving)).toEqual([url, 'my place']);

    const sessionUrl = `amqps://127.0.0.1:${scene.emulator.port}/sessions`;
    const filter = amqp.map([amqp.symbol('com.microsoft:session-filter'), amqp.string('s')]);
    client.attachReceiver(2, source(sessionUrl, filter), 'session');
    const { fields } = fieldsOf((await client.next('attach')).fields[5]);
    expect(fields[0]).toBe(sessionUrl);
    expect(fields[7]).toEqual(new Map([['com.microsoft:session-filter', 's']]));
  });

  describe('a refused attach has null source and null target, then comes the detach with the error', () => {
    const toSend = (): void => client.attachSender(0, target('orders'));
    const toReceive = (): void => client.attachReceiver(0, source('orders'));
    it.each([
      [
        'a sender',
        'an entity that is not there',
        () => client.attachSender(0, target('missing')),
        'amqp:not-found',
      ],
      [
        'a receiver',
        'an entity that is not there',
        () => client.attachReceiver(0, source('missing')),
        'amqp:not-found',
      ],
      [
        'a sender',
        'an entity that takes no messages',
        () => client.attachSender(0, target('events/Subscriptions/all')),
        'amqp:not-allowed',
      ],
      [
        'a receiver',
        'an entity with sessions, without one',
        () => client.attachReceiver(0, source('sessions')),
        'amqp:not-allowed',
      ],
    ])('%s of %s', async (_link, _why, attach, condition) => {
      await client.putToken();
      attach();
      await expectRefusal(condition);
    });

    it.each([
      ['a sender', toSend],
      ['a receiver', toReceive],
    ])('%s of a client without a token (unauthorized)', async (_link, attach) => {
      attach();
      await expectRefusal('amqp:unauthorized-access');
    });

    it.each([
      ['a sender', 'listening', toSend],
      ['a receiver', 'sending', toReceive],
    ])('%s of a client whose key is for %s (unauthorized)', async (_link, keyName, attach) => {
      await client.putToken({ keyName, key: `${keyName}-key` });
      attach();
      await expectRefusal('amqp:unauthorized-access');
    });

    async function expectRefusal(condition: string): Promise<void> {
      const { fields } = await client.next('attach');
      expect([fields[5], fields[6]]).toEqual([null, null]);
      const detach = await client.next('detach');
      expect(client.frames.slice(-2).map(({ kind }) => kind)).toEqual(['attach', 'detach']);
      expect(detach.fields.slice(0, 2)).toEqual([fields[1], true]);
      expect(errorOf(detach.fields[2])).toEqual({ condition, description: expect.stringMatching(/./) });
    }
  });

  it('the refusal of a locked session and the detach come one by one', async () => {
    await client.putToken();
    const theSession = amqp.map([amqp.symbol('com.microsoft:session-filter'), amqp.string('s')]);
    client.attachReceiver(0, source('sessions', theSession));
    await client.next('attach');
    let isAlone = false;
    client.socket.on('data', () => {
      const kinds = client.frames.map(({ kind }) => kind);
      isAlone ||= kinds.lastIndexOf('attach') > kinds.lastIndexOf('detach');
    });
    // A process that stands still meanwhile finds both: once is enough.
    for (let handle = 1; !isAlone && handle < 10; handle++) {
      client.attachReceiver(handle, source('sessions', theSession));
      await client.next('detach');
    }
    expect(isAlone).toBe(true);
  });

  it('two links of one name in opposite directions live side by side', async () => {
    await client.putToken();
    client.attachSender(0, target('both'), 'both');
    client.attachReceiver(1, source('both'), 'both');
    const attached = [await client.next('attach'), await client.next('attach')];
    expect(attached.map(({ fields }) => [fields[0], fields[2]])).toEqual([
      ['both', true],
      ['both', false],
    ]);
    client.transfer(0, 1, MESSAGE);
    client.flow(1, 1);
    await client.next('transfer');

    // The end of one is not the end of the other, and its name is free again.
    client.detach(0);
    await client.next('detach');
    client.flow(1, 1, 1);
    client.attachSender(0, target('both'), 'both');
    await client.next('attach');
    client.transfer(0, 2, MESSAGE);
    await client.next('transfer');
  });

  it.each([
    [
      'a second link of one name and direction',
      () => {
        client.attachSender(0, target('both'), 'same');
        client.attachSender(1, target('both'), 'same');
      },
      'amqp:illegal-state',
    ],
    ['a flow on a link that does not exist', () => client.flow(77, 1), 'amqp:session:unattached-handle'],
    [
      'a transfer on a link that does not exist',
      () => client.transfer(77, 1, MESSAGE),
      'amqp:session:unattached-handle',
    ],
  ])('%s ends the connection with a close frame that says why', async (_what, act, condition) => {
    await client.putToken();
    const ended = once(client.socket, 'close');
    act();
    const { fields } = await client.next('close');
    expect(errorOf(fields[0])).toMatchObject({ condition, description: expect.stringMatching(/./) });
    await ended;
  });

  it('a link whose name means something to JavaScript is a link like others', async () => {
    await client.putToken();
    for (const [handle, name] of ['__proto__', 'constructor'].entries()) {
      client.attachSender(handle, target('orders'), name);
      expect((await client.next('attach')).fields[0]).toBe(name);
    }
  });

  it('a deferred message carries the token of its lock as a delivery annotation, too', async () => {
    await scene.send('orders', { body: 'later' });
    const receiver = scene.receiver('orders');
    const message = await receiveOne(receiver);
    await receiver.deferMessage(message);
    await client.putToken();
    client.attachSender(0, target('orders/$management'));
    client.attachReceiver(1, source('orders/$management'), 'reply');
    client.flow(1, 1);
    const numbers = Buffer.concat([
      Buffer.of(0xe0, 10, 1, 0x81),
      amqp.long(BigInt(message.sequenceNumber!.toNumber())).subarray(1),
    ]);
    client.transfer(
      0,
      1,
      Buffer.concat([
        amqp.properties(amqp.string('1'), amqp.NULL, amqp.NULL, amqp.NULL, amqp.string('reply')),
        amqp.applicationProperties([
          amqp.string('operation'),
          amqp.string('com.microsoft:receive-by-sequence-number'),
        ]),
        amqp.value(
          amqp.map(
            [amqp.string('sequence-numbers'), numbers],
            [amqp.string('receiver-settle-mode'), amqp.fixed(0x70, 4, 1n)],
          ),
        ),
      ]),
    );
    const { payload } = await client.next('transfer');
    const reply = sectionsOf(payload).get(0x77) as Map<string, unknown>;
    const [entry] = reply.get('messages') as Map<string, Buffer>[];
    const sections = sectionsOf(entry!.get('message')!);
    expect([...sections.keys()].slice(0, 3)).toEqual([0x70, 0x71, 0x72]);
    expect((sections.get(0x71) as Map<string, unknown>).get('x-opt-lock-token')).toEqual(
      entry!.get('lock-token'),
    );
    await until(() => scene.entity('orders').lockedCount === 1);
  });

  describe('a client without a token', () => {
    const refusal = async (): Promise<unknown> => errorOf((await client.next('close')).fields[0]);
    const limitExceeded = (description: string): object => ({
      condition: 'amqp:resource-limit-exceeded',
      description: expect.stringContaining(description),
    });

    it('may leave little unfinished, however many links that is spread over', async () => {
      const part = Buffer.alloc(60_000);
      for (let handle = 0; handle < 10; handle += 1) {
        client.attachSender(handle, target('$cbs'));
        client.transferPart(handle, handle, part);
      }
      expect(await refusal()).toEqual(limitExceeded('begun and not completed'));
    });

    it('has room again for what it began on a link that has ended', async () => {
      for (let round = 0; round < 10; round += 1) {
        client.attachSender(0, target('$cbs'), `sender-${round}`);
        client.transferPart(0, round, Buffer.alloc(60_000));
        client.detach(0);
        await client.next('detach');
      }
    });

    it('has room again for what it began on a session that has ended', async () => {
      for (let channel = 1; channel <= 10; channel += 1) {
        client.begin(channel);
        client.attachSender(0, target('$cbs'), 'sender', undefined, channel);
        client.transferPart(0, 0, Buffer.alloc(60_000), channel);
        client.end(channel);
        await client.next('end');
      }
    });

    it('may not send parts of nothing for ever', async () => {
      client.attachSender(0, target('$cbs'));
      for (let part = 0; part < 10_000; part += 1) client.transferPart(0, 0, Buffer.alloc(0));
      expect(await refusal()).toEqual(limitExceeded('begun and not completed'));
    });

    it('may have few links', async () => {
      for (let handle = 0; handle <= 20; handle += 1) client.attachSender(handle, target('$cbs'));
      const detach = await client.next('detach');
      expect(errorOf(detach.fields[2])).toEqual(limitExceeded('may have 20 links until it has a token'));
    });

    it('may have few sessions', async () => {
      for (let channel = 1; channel <= 20; channel += 1) client.begin(channel);
      expect(await refusal()).toEqual(limitExceeded('may have 20 sessions'));
    });

    it('has the bounds of everybody when it has presented one', async () => {
      await client.putToken();
      client.begin(30);
      for (let handle = 0; handle < 25; handle += 1) {
        client.attachSender(handle, target('orders'));
        client.transferPart(handle, handle + 1, Buffer.alloc(60_000));
      }
      for (let handle = 0; handle < 25; handle += 1) await client.next('flow');
      expect(client.frames.filter(({ kind }) => kind === 'close' || kind === 'detach')).toEqual([]);
    });
  });
});

function sectionsOf(bytes: Buffer): Map<unknown, unknown> {
  const sections = new Map<unknown, unknown>();
  const decoder = new Decoder(bytes);
  while (decoder.rest.length > 0) {
    const { descriptor, value } = decoder.read() as Described;
    sections.set(descriptor, value);
  }
  return sections;
}

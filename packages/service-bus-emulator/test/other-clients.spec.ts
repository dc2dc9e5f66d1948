import { once } from 'node:events';
import { connect } from 'node:net';

import { afterEach, describe, expect, it, jest } from '@jest/globals';
import rhea, { type ConnectionOptions, type Delivery } from 'rhea';

import { AmqpClient } from './support/amqp-client.js';
import { emulatorScene, receiveOne } from './support/emulator-scene.js';
import * as amqp from './support/encode-amqp.js';
import { until } from '../../../test/support/until.js';

const BODY = amqp.data(Buffer.from('1'));
const ULONG_MAX = 0xffff_ffff;

describe('other clients than the JavaScript SDK', () => {
  const scene = emulatorScene({
    queues: [
      'orders',
      'released',
      'settled',
      'listed-not',
      'purged',
      'sized',
      'renewed',
      'malformed',
      'dead',
      'peeked',
      { name: 'sessions', requiresSession: true },
      { name: 'unnamed', requiresSession: true },
      { name: 'listed', requiresSession: true },
    ],
    topics: [{ name: 'events', subscriptions: ['all'] }],
  });
  const clients: AmqpClient[] = [];
  afterEach(async () => {
    await Promise.all(clients.splice(0).map((client) => client.close()));
  });
  async function connected(
    options: Partial<ConnectionOptions> = {},
    ...entities: string[]
  ): Promise<AmqpClient> {
    const client = await AmqpClient.connect(scene.emulator.port, options);
    clients.push(client);
    for (const entity of entities) await client.putToken(entity);
    return client;
  }

  describe('connect', () => {
    it.each([
      ['without SASL', { username: undefined }],
      ['by ANONYMOUS', {}],
      ['by PLAIN', { username: 'RootManageSharedAccessKey', password: 'SAS_KEY_VALUE' }],
      ['by EXTERNAL', { username: undefined, enable_sasl_external: true }],
    ])('%s', async (_way, options: Partial<ConnectionOptions>) => {
      const client = await connected(options, 'orders');
      await client.sender('orders');
    });

    it('by MSSBCBS', async () => {
      const socket = connect(scene.emulator.port, '127.0.0.1');
      const received: Buffer[] = [];
      socket.on('data', (chunk: Buffer) => received.push(chunk));
      const all = () => Buffer.concat(received);
      socket.write(Buffer.from('AMQP\x03\x01\x00\x00', 'latin1'));
      await until(() => all().includes('MSSBCBS'));
      const init = Buffer.concat([Buffer.of(0x00, 0x53, 0x41), amqp.list(amqp.symbol('MSSBCBS'))]);
      const header = Buffer.of(0, 0, 0, 8 + init.length, 2, 1, 0, 0);
      socket.write(Buffer.concat([header, init]));
      // sasl-outcome: described list 0x44 with code 0
      await until(() => all().includes(Buffer.of(0x00, 0x53, 0x44)));
      socket.destroy();
      expect(all().subarray(-3)).toEqual(Buffer.of(0x50, 0x00, 0x40));
    });
  });

  it.each(['/orders', 'amqps://127.0.0.1/orders', 'sb://localhost:5672/orders', 'ORDERS'])(
    'write addresses as %s',
    async (address) => {
      const client = await connected({}, 'orders');
      const sender = await client.sender(address);
      expect(await client.send(sender, BODY)).toBe('accepted');
    },
  );

  it('release messages, which counts as a delivery', async () => {
    await scene.send('released', { body: 1 });
    const client = await connected({}, 'released');
    const { delivery } = await client.receive(await client.receiver('released'));
    const settled = once(client.connection, 'settled');
    delivery.release({ delivery_failed: false });
    await settled;
    expect(scene.entity('released').messages()).toMatchObject([{ locked: false, deliveryCount: 1 }]);
  });

  it('settle deliveries themselves, without waiting for an answer', async () => {
    await scene.send('settled', { body: 1 });
    const client = await connected({}, 'settled');
    const { delivery } = await client.receive(await client.receiver('settled'));
    (delivery as unknown as { update(settled: boolean, state: unknown): void }).update(
      true,
      (rhea.message as unknown as { accepted(): { described(): unknown } }).accepted().described(),
    );
    await until(() => scene.entity('settled').messageCount === 0);
  });

  it('settle many deliveries at once', async () => {
    await scene.client.createSender('settled').sendMessages([1, 2, 3, 4, 5].map((body) => ({ body })));
    const client = await connected({}, 'settled');
    const receiver = await client.receiver('settled');
    const deliveries: Delivery[] = [];
    receiver.on('message', ({ delivery }) => deliveries.push(delivery as Delivery));
    receiver.add_credit(5);
    await until(() => deliveries.length === 5);
    for (const delivery of deliveries) delivery.accept();
    await until(() => scene.entity('settled').messageCount === 0);
  });

  it('ask for a session by a described value, and get one back', async () => {
    const client = await connected({}, 'sessions');
    const filter = { 'com.microsoft:session-filter': rhea.types.wrap_described('s', 0x137000000c) };
    const receiver = await client.receiver('sessions', { source: { address: 'sessions', filter } });
    const echoed = (
      receiver.source.filter as Record<string, { value: unknown; descriptor: { value: unknown } }>
    )['com.microsoft:session-filter'];
    expect(echoed!.value).toBe('s');
    expect(Number(echoed!.descriptor.value)).toBe(0x137000000c);
  });

  // The JavaScript SDK 7.9.5 cannot tell this session from none.
  it('work on the session of the empty name, whose messages may have any partition key', async () => {
    await scene.send('unnamed', { body: 1, sessionId: '', partitionKey: 'p' });
    const client = await connected({}, 'unnamed');
    for (const wanted of [null, '']) {
      const filter = { 'com.microsoft:session-filter': wanted } as never;
      const receiver = await client.receiver('unnamed', { source: { address: 'unnamed', filter } });
      expect(receiver.source.filter).toEqual({ 'com.microsoft:session-filter': '' });
      expect((await client.receive(receiver)).message).toMatchObject({ group_id: '' });
      receiver.close();
      await once(receiver, 'receiver_close');
    }
  });

  it('leave while they wait for a session', async () => {
    const client = await connected({}, 'sessions');
    const filter = { 'com.microsoft:session-filter': null };
    client.receiver('sessions', { source: { address: 'sessions', filter } as never }).catch(() => undefined);
    await until(() => scene.entity('sessions').receiverCount > 0);
    client.cut();
    await until(() => scene.entity('sessions').receiverCount === 0);
    await scene.send('sessions', { body: 1, sessionId: 'left' });
    const receiver = await scene.client.acceptNextSession('sessions');
    expect(receiver.sessionId).toBe('left');
    await receiver.close();
  });

  it('are refused transactions', async () => {
    const client = await connected({}, 'orders');
    // rhea warns of what it does not know.
    const warn = jest.spyOn(console, 'warn').mockReturnValue();
    const session = client.connection.create_session();
    session.begin();
    const sender = session.open_sender({ target: { address: 'coordinator' } });
    const { attach } = (sender as unknown as { local: { attach: Record<string, unknown> } }).local;
    attach['target'] = rhea.types.wrap_described([], 0x30);
    await once(sender, 'sender_error');
    expect(sender.error).toMatchObject({ condition: 'amqp:not-implemented' });
    warn.mockRestore();
  });

  it.each([
    ['message-id', amqp.properties(amqp.string('x'.repeat(129)))],
    ['session-id', amqp.properties(...Array<Buffer>(10).fill(amqp.NULL), amqp.string('x'.repeat(129)))],
    ['partition key', amqp.annotations([amqp.symbol('x-opt-partition-key'), amqp.string('x'.repeat(129))])],
  ])('send a %s of more than 128 characters in vain', async (_name, section) => {
    const client = await connected({}, 'sized');
    expect(await client.send(await client.sender('sized'), Buffer.concat([section, BODY]))).toMatchObject({
      condition: 'com.microsoft:argument-error',
      description: expect.stringContaining('128'),
    });
  });

  it('are refused a partition key that differs from the session id', async () => {
    const client = await connected({}, 'sized');
    const message = Buffer.concat([
      amqp.annotations([amqp.symbol('x-opt-partition-key'), amqp.string('p')]),
      amqp.properties(...Array<Buffer>(10).fill(amqp.NULL), amqp.string('s')),
      BODY,
    ]);
    expect(await client.send(await client.sender('sized'), message)).toMatchObject({
      condition: 'amqp:not-allowed',
    });
  });

  it('are refused bytes that are not a message, and go on', async () => {
    const client = await connected({}, 'malformed');
    const sender = await client.sender('malformed');
    expect(await client.send(sender, Buffer.from('nonsense'))).toMatchObject({
      condition: 'amqp:decode-error',
    });
    expect(await client.send(sender, amqp.data(Buffer.from('nonsense')), 0x80013700)).toMatchObject({
      condition: 'amqp:decode-error',
    });
    expect(await client.send(sender, BODY)).toBe('accepted');
    expect(scene.entity('malformed').counts.active).toBe(1);
  });

  it('list message sessions page by page', async () => {
    const ids = Array.from({ length: 5 }, (_, index) => `s${index}`);
    await scene.send('listed', ...ids.map((sessionId) => ({ body: 1, sessionId })));
    const client = await connected();
    const list = (skip: number, top: number) =>
      client.request('listed', 'get-message-sessions', {
        'last-updated-time': rhea.types.wrap_timestamp(Date.UTC(9999, 11, 31)),
        skip: rhea.types.wrap_int(skip),
        top: rhea.types.wrap_int(top),
      });
    expect(await list(0, 3)).toMatchObject({
      status: 200,
      body: { skip: 3, 'sessions-ids': ids.slice(0, 3) },
    });
    expect(await list(3, 3)).toMatchObject({ status: 200, body: { skip: 5, 'sessions-ids': ids.slice(3) } });
    expect(await list(5, 3)).toMatchObject({ status: 204 });
    expect(await client.request('listed-not', 'get-message-sessions', { skip: 0, top: 1 })).toMatchObject({
      status: 400,
      condition: 'amqp:not-allowed',
    });
  });

  it('delete messages in bulk: the oldest, unlocked, enqueued before a time', async () => {
    await scene.send('purged', ...[1, 2, 3].map((body) => ({ body })));
    await receiveOne(scene.receiver('purged'));
    scene.clock.advance(1_000);
    const before = Math.trunc(scene.clock.now());
    scene.clock.advance(1_000);
    await scene.send('purged', { body: 4 });
    const client = await connected();
    const purge = (count: number) =>
      client.request('purged', 'batch-delete-messages', {
        'message-count': rhea.types.wrap_int(count),
        'enqueued-time-utc': rhea.types.wrap_timestamp(before),
      });
    expect(await purge(1)).toMatchObject({ status: 200, body: { 'message-count': 1 } });
    expect(await purge(10)).toMatchObject({ status: 200, body: { 'message-count': 1 } });
    expect(await purge(10)).toMatchObject({ status: 204 });
    expect(
      scene
        .entity('purged')
        .messages()
        .map(({ sequenceNumber }) => sequenceNumber),
    ).toEqual([1, 4]);
  });

  it('peek without bodies', async () => {
    const client = await connected({}, 'peeked');
    const message = Buffer.concat([amqp.properties(amqp.string('id')), amqp.data(Buffer.alloc(1_000))]);
    await client.send(await client.sender('peeked'), message);
    const peek = async (omitsBody: boolean): Promise<object> => {
      const { body } = await client.request('peeked', 'peek-message', {
        'from-sequence-number': rhea.types.wrap_long(0),
        'message-count': rhea.types.wrap_int(1),
        'omit-message-body': omitsBody,
      });
      const [peeked] = (body as { messages: { message: Buffer }[] }).messages;
      return rhea.message.decode(peeked!.message);
    };
    expect(await peek(false)).toMatchObject({ message_id: 'id', body: { content: Buffer.alloc(1_000) } });
    const bare = await peek(true);
    expect(bare).toMatchObject({ message_id: 'id', message_annotations: { 'x-opt-sequence-number': 1 } });
    expect(bare).not.toHaveProperty('body.content');
  });

  it('get an answer to unknown and malformed requests', async () => {
    const client = await connected();
    expect(await client.request('orders', 'no-such-operation', {})).toMatchObject({
      status: 501,
      condition: 'amqp:not-implemented',
    });
    for (const [operation, body] of [
      ['peek-message', {}],
      ['peek-message', null],
      ['schedule-message', { messages: 'none' }],
      ['schedule-message', { messages: [{ message: 'text' }] }],
      ['cancel-scheduled-message', { 'sequence-numbers': 7 }],
      ['receive-by-sequence-number', {}],
      ['update-disposition', { 'disposition-status': 'eaten', 'lock-tokens': [] }],
      ['batch-delete-messages', { 'message-count': 'many' }],
    ] as const) {
      expect(await client.request('orders', operation, body)).toMatchObject({
        status: 400,
        condition: 'com.microsoft:argument-error',
      });
    }
    expect(await client.request('orders', 'renew-lock', { 'lock-tokens': ['not a token'] })).toMatchObject({
      status: 410,
      condition: 'com.microsoft:message-lock-lost',
    });
    expect(await client.request('orders', 'add-rule', { 'rule-name': 'r' })).toMatchObject({
      status: 400,
      condition: 'amqp:not-allowed',
    });
    expect(
      await client.request('events/Subscriptions/all', 'enumerate-rules', { top: ULONG_MAX, skip: 0 }),
    ).toMatchObject({
      status: 200,
    });
  });

  it('renew several locks together or none', async () => {
    await scene.send('renewed', { body: 1 }, { body: 2 });
    const receiver = scene.receiver('renewed');
    const tokens = [await receiveOne(receiver), await receiveOne(receiver)].map(({ lockToken }) =>
      Buffer.from(lockToken!.replaceAll('-', ''), 'hex'),
    );
    const client = await connected();
    const renew = (...list: Buffer[]) =>
      client.request('renewed', 'renew-lock', {
        'lock-tokens': rhea.types.wrap_array(list, 0x98, undefined),
      });
    scene.clock.advance(30_000);
    expect(await renew(tokens[0]!, Buffer.alloc(16))).toMatchObject({ status: 410 });
    const renewed = await renew(...tokens);
    expect(renewed.status).toBe(200);
    expect((renewed.body as { expirations: Date[] }).expirations.map(Number)).toEqual(
      Array(2).fill(Math.trunc(scene.clock.now()) + 60_000),
    );
    scene.clock.advance(59_000);
    expect(scene.entity('renewed').lockedCount).toBe(2);
  });
});

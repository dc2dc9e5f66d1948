import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';

import { ServiceBusClient } from '@azure/service-bus';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import rhea from 'rhea';
import { Desk, type DeskMessage } from 'service-bus-desk';
import { type Emulator } from 'service-bus-emulator';

import { startTestEmulator } from '../../../test/support/start-emulator.js';
import { deadLetterAll } from './dead-letter-all.js';
import { withKey } from './with-key.js';

const rule = (right: string): { keyName: string; primaryKey: string; rights: string[] } => ({
  keyName: right.toLowerCase(),
  primaryKey: Buffer.from(right).toString('base64'),
  rights: [right],
});
const [SEND, LISTEN] = [rule('Send'), rule('Listen')];
const { types } = rhea as unknown as { types: Record<string, (value: unknown) => unknown> };
const typed = (type: string, value: unknown): unknown => types[`wrap_${type}`]?.(value);

/** Each with a property of every type that AMQP has for properties, and some that only other senders use. */
const PROPERTIES = {
  text: 'ü',
  flag: true,
  none: null,
  int: typed('int', -5),
  long: typed('long', Buffer.from('7fffffffffffffff', 'hex')),
  ulong: typed('ulong', Buffer.from('ffffffffffffffff', 'hex')),
  short: typed('short', -3),
  ubyte: typed('ubyte', 200),
  double: typed('double', 2),
  float: typed('float', 0.5),
  at: new Date(1_700_000_000_123),
  id: typed('uuid', Buffer.from('00112233445566778899aabbccddeeff', 'hex')),
  bytes: Buffer.from([0, 1, 255]),
  symbol: typed('symbol', 'sym'),
  nested: typed('map', { list: typed('list', [1, typed('long', 2), { deep: new Date(7) }]) }),
};
const BODIES = [
  { body: { json: [1, 'ü'] } },
  { body: Buffer.from([0, 159, 146, 150]) },
  { body: typed('list', [typed('uint', 1), typed('map', { at: new Date(5) })]), bodyType: 'value' },
  { body: 'text as a value', bodyType: 'value' },
  { body: [1, typed('long', 2), 'three'], bodyType: 'sequence' },
] as const;

describe('messages on their way', () => {
  let emulator: Emulator;
  let client: ServiceBusClient;
  let folder: string;
  const desks: Desk[] = [];

  beforeAll(async () => {
    folder = await mkdtemp(path.join(tmpdir(), 'desk-'));
    const entities = { queues: ['in', 'out', 'imported', 'mine'] };
    emulator = await startTestEmulator(entities, { authorizationRules: [SEND, LISTEN] });
    client = new ServiceBusClient(emulator.connectionString);
  });

  afterAll(async () => {
    await Promise.all(desks.map((desk) => desk.close()));
    await client.close();
    await emulator.close();
    await rm(folder, { recursive: true });
  });

  async function open(connectionString = emulator.connectionString): Promise<Desk> {
    const desk = await Desk.open({ connectionString });
    desks.push(desk);
    return desk;
  }

  async function peekAll(desk: Desk, entity: string): Promise<DeskMessage[]> {
    const messages: DeskMessage[] = [];
    for await (const message of desk.peek(entity)) messages.push(message);
    return messages;
  }

  const insideOf = (message: DeskMessage): unknown => [
    message.body,
    message.applicationProperties.filter(({ name }) => name in PROPERTIES),
    message.contentType,
    message.timeToLiveMs,
    message.partitionKey,
  ];

  it('keep their bodies and properties, in all types, when they are sent again, exported and imported', async () => {
    const desk = await open();
    const sender = client.createSender('in');
    for (const one of BODIES) {
      await sender.sendMessages({
        ...one,
        applicationProperties: PROPERTIES as never,
        contentType: 'application/x',
        partitionKey: 'p',
        header: { timeToLive: 3_600_000 },
      });
    }
    const before = (await peekAll(desk, 'in')).map(insideOf);
    expect(before).toHaveLength(BODIES.length);
    await deadLetterAll(client, 'in', BODIES.length, () => ({ reason: 'A', description: 'a' }));
    const lines: string[] = [];
    for await (const exported of desk.export('in')) lines.push(JSON.stringify(exported));
    const imported = await desk.import(() => lines, { to: 'imported', canary: false });
    expect(imported).toMatchObject({ planned: BODIES.length, done: BODIES.length });
    await desk.resubmit('in', { to: 'out', canary: false });
    expect((await peekAll(desk, 'imported')).map(insideOf)).toEqual(before);
    const copies = await peekAll(desk, 'out');
    expect(copies.map(insideOf)).toEqual(before);
    // The same ids: duplicate detection would know one from the other.
    expect((await peekAll(desk, 'imported')).map(({ messageId }) => messageId)).toEqual(
      copies.map(({ messageId }) => messageId),
    );
    expect(copies[0]?.applicationProperties).toContainEqual({
      name: 'long',
      type: 'long',
      value: 2n ** 63n - 1n,
    });
  });

  it('are all checked before the first is imported', async () => {
    const desk = await open();
    await client.createSender('mine').sendMessages({ body: { a: 1 } });
    await deadLetterAll(client, 'mine', 1, () => ({ reason: 'A', description: 'a' }));
    let line = '';
    for await (const exported of desk.export('mine')) line = JSON.stringify(exported);
    const edited = line.replace('{"a":1}', '{"a":2}');
    await expect(desk.import(() => [line, edited], { to: 'mine' })).rejects.toThrow(
      'line 2: it was changed by hand',
    );
    await expect(desk.import(() => [line, 'x'], { to: 'mine' })).rejects.toThrow(
      'line 2: this is no line of JSON',
    );
    await expect(desk.import(() => [line, '{}'], { to: 'mine' })).rejects.toThrow(
      'line 2: this is no exported',
    );
    expect(emulator.entity('mine').messages()).toEqual([]);
    const journal = path.join(folder, 'import.jsonl');
    const options = { to: 'mine', canary: false, journal } as const;
    expect(await desk.import(() => [line], { ...options })).toMatchObject({ done: 1 });
    expect(await desk.import(() => [line, line], { ...options, resume: true })).toMatchObject({ done: 2 });
    expect(emulator.entity('mine').messages()).toHaveLength(2);
  });

  it('need Listen to be looked at and removed, Send to be imported, both to be resubmitted, Manage for nothing', async () => {
    const listener = await open(withKey(emulator.connectionString, LISTEN));
    const sender = await open(withKey(emulator.connectionString, SEND));
    await client.createSender('mine').sendMessages([{ body: 'kept' }, { body: 'gone' }]);
    const inMine = emulator.entity('mine').messages().length;
    await deadLetterAll(client, 'mine', inMine, () => ({ reason: 'B', description: 'b' }));
    const filter = { text: 'gone' };
    expect(await listener.countDeadLetters('mine')).toMatchObject({ countedBy: 'peeking' });
    const lines: string[] = [];
    for await (const one of listener.export('mine', { filter })) lines.push(JSON.stringify(one));
    expect(lines).toHaveLength(1);
    const before = emulator.entity('mine/$DeadLetterQueue').messages().length;
    // The copy is not accepted: the original stays.
    await expect(listener.resubmit('mine', { filter })).rejects.toMatchObject({ code: 'UnauthorizedAccess' });
    expect(emulator.entity('mine/$DeadLetterQueue').messages()).toHaveLength(before);
    expect(await listener.purge('mine', { filter })).toMatchObject({ done: 1 });
    await expect(sender.countDeadLetters('mine')).rejects.toMatchObject({ code: 'UnauthorizedAccess' });
    await expect(sender.purge('mine')).rejects.toMatchObject({ code: 'UnauthorizedAccess' });
    // Whether the first ones succeed nobody can tell who may not look.
    expect(await sender.import(() => lines, { to: 'mine' })).toMatchObject({ done: 1 });
    expect(emulator.entity('mine/$DeadLetterQueue').messages()).toHaveLength(before - 1);
    expect(emulator.entity('mine').messages()).toHaveLength(1);
  });
});

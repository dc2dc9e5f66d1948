import { ServiceBusClient } from '@azure/service-bus';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import rhea from 'rhea';
import { Desk, type DeadLetterFilter, type DeadLetterGroup, viewBody } from 'service-bus-desk';
import { type Emulator } from 'service-bus-emulator';

import { startTestEmulator } from '../../../test/support/start-emulator.js';
import { deadLetterAll } from './dead-letter-all.js';
import { withKey } from './with-key.js';

const LISTENER = { keyName: 'listener', primaryKey: 'bGlzdGVuZXI=', rights: ['Listen'] };

describe('looking at dead letters', () => {
  let emulator: Emulator;
  let client: ServiceBusClient;
  let desk: Desk;
  const closing: Desk[] = [];

  beforeAll(async () => {
    emulator = await startTestEmulator(
      {
        queues: ['orders', 'kinds', 'empty'],
        topics: [{ name: 'events', subscriptions: ['audit', 'mail'] }],
      },
      { authorizationRules: [LISTENER] },
    );
    client = new ServiceBusClient(emulator.connectionString);
    desk = await open(emulator.connectionString);
    const messages = Array.from({ length: 600 }, (_, index) => ({
      body: { order: index, text: index % 100 === 7 ? 'Needle' : 'hay' },
      messageId: `id-${index}`,
      subject: index % 2 === 0 ? 'even' : 'odd',
      applicationProperties: { index, customer: `c${index % 3}` },
    }));
    await client.createSender('orders').sendMessages(messages);
    await deadLetterAll(client, 'orders', 600, (_, index) =>
      index % 3 === 0
        ? { reason: 'TypeError', description: `cannot read '${index}' of undefined`, handler: 'Orders.take' }
        : { reason: 'HttpError', description: `GET /orders/${index} failed: 50${index % 2}` },
    );
    await client.createSender('events').sendMessages([{ body: 1 }, { body: 2 }]);
    await deadLetterAll(client, ['events', 'audit'], 2, () => ({ reason: 'A', description: '' }));
  });

  afterAll(async () => {
    await Promise.all(closing.map((one) => one.close()));
    await client.close();
    await emulator.close();
  });

  async function open(connectionString: string): Promise<Desk> {
    const opened = await Desk.open({ connectionString });
    closing.push(opened);
    return opened;
  }

  async function numbers(filter: DeadLetterFilter, max = Infinity): Promise<number[]> {
    const found: number[] = [];
    for await (const message of desk.deadLetters('orders', { filter, max })) {
      found.push(message.applicationProperty('index') as number);
    }
    return found;
  }

  async function groups(): Promise<DeadLetterGroup[]> {
    let last: DeadLetterGroup[] = [];
    for await (const soFar of desk.groups('orders')) last = soFar;
    return last;
  }

  it('groups them by reason, handler and error, with the times of the first and the last', async () => {
    const [http, type, ...others] = await groups();
    expect(others).toEqual([]);
    expect(http).toMatchObject({
      entity: 'orders',
      reason: 'HttpError',
      handler: undefined,
      signature: 'GET /orders/<n> failed: <n>',
      count: 400,
    });
    expect(type).toMatchObject({
      handler: 'Orders.take',
      signature: 'cannot read <text> of undefined',
      count: 200,
    });
    const messages = emulator.entity('orders/$DeadLetterQueue').messages();
    expect(type?.firstSeen).toEqual(messages[0]?.enqueuedTime);
    expect(http?.lastSeen).toEqual(messages.at(-1)?.enqueuedTime);
  });

  it('finds them by group, time, property, text, and what else there is', async () => {
    const [http, type] = await groups();
    expect(await numbers({ group: type?.id ?? '' })).toHaveLength(200);
    const ofCustomer = { group: http?.id.slice(0, 5) ?? '', properties: { customer: 'c1' } };
    expect(await numbers(ofCustomer)).toHaveLength(200);
    expect(await numbers({ text: 'nEEDLe' })).toEqual([7, 107, 207, 307, 407, 507]);
    expect(await numbers({ text: 'needle', reason: 'typeerror' })).toEqual([207, 507]);
    expect(await numbers({ handler: 'Orders.take', subject: 'odd' })).toHaveLength(100);
    expect(await numbers({ properties: { index: '12' } })).toEqual([12]);
    expect(await numbers({ properties: { none: undefined } })).toEqual([]);
    expect(await numbers({ messageId: 'id-5' })).toEqual([5]);
    const [, second] = emulator.entity('orders/$DeadLetterQueue').messages();
    expect(await numbers({ sequenceNumbers: [BigInt(second?.sequenceNumber ?? 0)] })).toEqual([1]);
    const later = new Date(Date.now() + 60_000);
    expect(await numbers({ since: later })).toEqual([]);
    expect(await numbers({ until: later }, 3)).toEqual([0, 1, 2]);
  });

  it('counts them with Manage, and without by looking, and says which', async () => {
    const listener = await open(withKey(emulator.connectionString, LISTENER));
    expect(await desk.countDeadLetters('orders')).toEqual({
      entity: 'orders',
      count: 600,
      countedBy: 'administration',
    });
    expect(await listener.countDeadLetters('orders')).toMatchObject({ count: 600, countedBy: 'peeking' });
    expect(await listener.countDeadLetters('events/subscriptions/audit')).toEqual({
      entity: 'events/Subscriptions/audit',
      count: 2,
      countedBy: 'peeking',
    });
    await expect(listener.entities()[Symbol.asyncIterator]().next()).rejects.toMatchObject({
      name: 'DeskError',
      code: 'not-allowed',
    });
    await expect(desk.countDeadLetters('nowhere')).rejects.toMatchObject({ code: 'not-found' });
    const depths = [];
    for await (const depth of desk.entities()) depths.push(depth);
    expect(depths).toEqual([
      expect.objectContaining({ entity: 'empty', deadLetters: 0 }),
      expect.objectContaining({ entity: 'kinds' }),
      expect.objectContaining({ entity: 'orders', active: 0, deadLetters: 600 }),
      expect.objectContaining({ entity: 'events/Subscriptions/audit', active: 0, deadLetters: 2 }),
      expect.objectContaining({ entity: 'events/Subscriptions/mail', active: 2, deadLetters: 0 }),
    ]);
  });

  it('shows one, and locks none', async () => {
    const message = await desk.deadLetter('orders', 4n);
    expect(message).toMatchObject({
      sequenceNumber: 4n,
      messageId: 'id-3',
      subject: 'odd',
      handler: 'Orders.take',
      attempt: 5,
      deadLetterReason: 'TypeError',
      deadLetterDescription: "cannot read '3' of undefined",
      state: 'active',
      problem: undefined,
    });
    expect(message?.stack).toContain('file.ts:1:2');
    expect(message?.applicationProperties).toContainEqual({ name: 'index', value: 3, type: 'uint' });
    expect(message && viewBody(message.body)).toEqual({ form: 'json', json: { order: 3, text: 'hay' } });
    expect(await desk.deadLetter('orders', 999_999n)).toBeUndefined();
    expect(emulator.entity('orders/$DeadLetterQueue').lockedCount).toBe(0);
  });

  it('shows bodies and properties of all AMQP types', async () => {
    const { types } = rhea as unknown as { types: Record<string, (value: unknown) => unknown> };
    const value = types['wrap_map']?.({
      at: new Date(5),
      big: types['wrap_long']?.(7),
      list: [1, 'a', true],
    });
    const sender = client.createSender('kinds');
    await sender.sendMessages({ body: 'plain text' });
    await sender.sendMessages({ body: Buffer.from([0, 255]) });
    await sender.sendMessages({ body: value, bodyType: 'value', applicationProperties: { at: new Date(9) } });
    await sender.sendMessages({ body: [1, 'two'], bodyType: 'sequence' });
    await deadLetterAll(client, 'kinds', 4, () => ({ reason: 'A', description: 'a' }));
    const shown = [];
    for await (const { body, applicationProperties } of desk.deadLetters('kinds')) {
      const { kind, type } = body;
      shown.push([kind, type, viewBody(body)]);
      if (type === 'map') {
        expect(applicationProperties).toContainEqual({ name: 'at', value: new Date(9), type: 'timestamp' });
      }
    }
    expect(shown).toEqual([
      ['data', 'binary', { form: 'json', json: 'plain text' }],
      ['data', 'binary', { form: 'hex', hex: '00ff' }],
      [
        'value',
        'map',
        { form: 'json', json: { at: '1970-01-01T00:00:00.005Z', big: 7, list: [1, 'a', true] } },
      ],
      ['sequence', 'list', { form: 'json', json: [1, 'two'] }],
    ]);
  });

  it('ends when it is told to', async () => {
    const controller = new AbortController();
    const found: bigint[] = [];
    const list = async (): Promise<void> => {
      for await (const { sequenceNumber } of desk.deadLetters('orders', { signal: controller.signal })) {
        found.push(sequenceNumber);
        if (found.length === 10) controller.abort(new Error('enough'));
      }
    };
    await expect(list()).rejects.toThrow('enough');
    expect(found.length).toBeLessThan(600);
  });

  it('says in one line what is wrong with a connection string, and never shows it', async () => {
    const secret = 'Endpoint=sb://a;SharedAccessKey=verysecret';
    const error = await Desk.open({ connectionString: secret }).catch((thrown: unknown) => thrown as Error);
    expect(error).toMatchObject({ name: 'DeskError', code: 'bad-input' });
    expect((error as Error).message).not.toMatch(/verysecret|\n/);
  });
});

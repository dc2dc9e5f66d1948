import { ServiceBusClient } from '@azure/service-bus';
import { afterEach, describe, expect, it } from '@jest/globals';

import { AmqpClient } from './support/amqp-client.js';
import { emulatorScene, QUICK, receiveOne, serviceBusError } from './support/emulator-scene.js';
import { sasToken } from './support/sas-token.js';
import { until } from '../../../test/support/until.js';

const unauthorized = serviceBusError('UnauthorizedAccess');
// The SDK tries again whatever is unauthorized, and then tells of all its tries together.
const ONCE = { retryOptions: { ...QUICK.retryOptions, maxRetries: 0 } };

describe('authorization', () => {
  const scene = emulatorScene({
    queues: ['orders', 'others'],
    topics: [{ name: 'events', subscriptions: ['all'] }],
  });
  const clients: { close(): Promise<void> }[] = [];
  afterEach(async () => {
    await Promise.all(clients.splice(0).map((client) => client.close()));
  });

  function clientWith(connectionString: string): ServiceBusClient {
    const client = new ServiceBusClient(connectionString, ONCE);
    clients.push(client);
    return client;
  }
  const withKey = (name: string, key: string) =>
    clientWith(
      `Endpoint=sb://127.0.0.1:${scene.emulator.port};SharedAccessKeyName=${name};SharedAccessKey=${key};UseDevelopmentEmulator=true`,
    );
  const withToken = (token: string) =>
    clientWith(
      `Endpoint=sb://127.0.0.1:${scene.emulator.port};SharedAccessSignature=${token};UseDevelopmentEmulator=true`,
    );
  const url = (entity: string) => `sb://127.0.0.1:${scene.emulator.port}/${entity}`;
  const send = (client: ServiceBusClient, entity = 'orders') =>
    client.createSender(entity).sendMessages({ body: 1 });

  it('accepts the key of the connection string', async () => {
    await send(scene.client);
  });

  it('refuses another key to send, receive, peek and accept sessions', async () => {
    const client = withKey('RootManageSharedAccessKey', 'bm90IHRoZSBrZXk=');
    await expect(send(client)).rejects.toMatchObject(unauthorized);
    await expect(client.createReceiver('orders').receiveMessages(1)).rejects.toMatchObject(unauthorized);
    await expect(client.createReceiver('orders').peekMessages(1)).rejects.toMatchObject(unauthorized);
    await expect(client.acceptSession('orders', 's')).rejects.toMatchObject(unauthorized);
  });

  it('refuses another key name', async () => {
    await expect(send(withKey('SomebodyElse', 'SAS_KEY_VALUE'))).rejects.toMatchObject(unauthorized);
  });

  it('accepts a token for one entity, and for that one only', async () => {
    const client = withToken(sasToken(url('orders')));
    await send(client);
    await client.createReceiver('orders', { subQueueType: 'deadLetter' }).peekMessages(1);
    await expect(send(client, 'others')).rejects.toMatchObject(unauthorized);
  });

  it('accepts a token for the whole namespace', async () => {
    const client = withToken(sasToken(url('')));
    await send(client);
    await send(client, 'others');
    await client.createReceiver('events', 'all').peekMessages(1);
  });

  it('refuses a token that has expired, or was changed', async () => {
    const token = sasToken(url('orders'));
    await expect(
      send(withToken(sasToken(url('orders'), { expiresAtMs: Date.now() - 1_000 }))),
    ).rejects.toMatchObject(unauthorized);
    await expect(send(withToken(token.replace(/se=\d+/, 'se=99999999999')))).rejects.toMatchObject(
      unauthorized,
    );
    await expect(send(withToken(token.replace(/sig=[^&]+/, 'sig=')))).rejects.toMatchObject(unauthorized);
  });

  it("goes by the time of day, whatever the emulator's clock says", async () => {
    scene.clock.advance(24 * 3_600_000);
    await send(scene.connect());
  });

  it('refuses links without a token', async () => {
    const client = await AmqpClient.connect(scene.emulator.port);
    clients.push(client);
    await expect(client.sender('orders')).rejects.toMatchObject({ condition: 'amqp:unauthorized-access' });
    await expect(client.receiver('orders')).rejects.toMatchObject({ condition: 'amqp:unauthorized-access' });
    await expect(client.receiver('orders/$management')).rejects.toMatchObject({
      condition: 'amqp:unauthorized-access',
    });
    await client.putToken('orders');
    await client.sender('orders');
    await expect(client.sender('others')).rejects.toMatchObject({ condition: 'amqp:unauthorized-access' });
  });

  it('answers tokens with a status', async () => {
    const client = await AmqpClient.connect(scene.emulator.port);
    clients.push(client);
    expect(await client.putToken('orders')).toMatchObject({ status: 202 });
    expect(await client.putToken('orders/$management')).toMatchObject({ status: 202 });
    expect(await client.putToken('orders', 'nonsense')).toMatchObject({ status: 401 });
    expect(await client.putToken('orders', 'e30.e30.sig', 'jwt')).toMatchObject({ status: 401 });
    expect(await client.putToken('missing')).toMatchObject({
      status: 404,
      description: expect.stringMatching(
        /The messaging entity 'sb:\/\/127\.0\.0\.1\/missing' could not be found/,
      ),
    });
  });

  it('detaches links when their token expires', async () => {
    const client = await AmqpClient.connect(scene.emulator.port);
    clients.push(client);
    await client.putToken('orders', sasToken(url('orders'), { expiresAtMs: Date.now() + 1_000 }));
    await client.putToken('others');
    const [orders, others] = [await client.receiver('orders'), await client.receiver('others')];
    await until(() => orders.is_closed());
    expect(orders.error).toMatchObject({ condition: 'amqp:unauthorized-access' });
    expect(others.is_open()).toBe(true);
  });
});

describe('authorization rules', () => {
  const rule = (right: string) => ({ keyName: right, primaryKey: `${right}-key`, rights: [right] });
  const scene = emulatorScene(
    {
      queues: [{ name: 'orders', authorizationRules: [rule('Send'), rule('Listen')] }, 'others'],
      topics: [{ name: 'events', authorizationRules: [rule('Listen')], subscriptions: ['all'] }],
    },
    { authorizationRules: [{ keyName: 'both', primaryKey: 'both-key', rights: ['Send', 'Listen'] }] },
  );
  const clients: { close(): Promise<void> }[] = [];
  afterEach(async () => {
    await Promise.all(clients.splice(0).map((client) => client.close()));
  });

  function connectionString(keyName: string): string {
    return `Endpoint=sb://127.0.0.1:${scene.emulator.port};SharedAccessKeyName=${keyName};SharedAccessKey=${keyName}-key;UseDevelopmentEmulator=true`;
  }
  function clientOf(keyName: string): ServiceBusClient {
    const client = new ServiceBusClient(connectionString(keyName), ONCE);
    clients.push(client);
    return client;
  }
  const lacking = (claim: string, entity: string) =>
    serviceBusError('UnauthorizedAccess', RegExp(`'${claim}' claim.*'sb://127.0.0.1/${entity}'`));

  it('let a key that may send do that and nothing else', async () => {
    const client = clientOf('Send');
    const sender = client.createSender('orders');
    await sender.sendMessages({ body: 1 });
    const [number] = await sender.scheduleMessages({ body: 2 }, new Date(scene.clock.now() + 60_000));
    await sender.cancelScheduledMessages(number!);
    const receiver = client.createReceiver('orders');
    await expect(receiver.receiveMessages(1)).rejects.toMatchObject(lacking('Listen', 'orders'));
    await expect(receiver.peekMessages(1)).rejects.toMatchObject(lacking('Listen', 'orders/\\$management'));
    await expect(client.createSender('others').sendMessages({ body: 1 })).rejects.toMatchObject(unauthorized);
  });

  it('let a key that may listen do that and nothing else', async () => {
    const client = clientOf('Listen');
    await scene.send('orders', { body: 'kept' });
    const receiver = client.createReceiver('orders');
    expect(await receiver.peekMessages(1)).toHaveLength(1);
    await receiver.completeMessage(await receiveOne(receiver));
    const sender = client.createSender('orders');
    await expect(sender.sendMessages({ body: 1 })).rejects.toMatchObject(lacking('Send', 'orders'));
    await expect(sender.scheduleMessages({ body: 1 }, new Date())).rejects.toMatchObject(
      lacking('Send', 'orders/\\$management'),
    );
  });

  it("of a topic apply to its subscriptions, and the namespace's to everything", async () => {
    const listening = clientOf('Listen').createReceiver('events', 'all');
    const client = clientOf('both');
    await client.createSender('events').sendMessages({ body: 'news' });
    expect((await receiveOne(listening)).body).toBe('news');
    await client.createSender('others').sendMessages({ body: 1 });
    expect(await client.createReceiver('others').peekMessages(1)).toHaveLength(1);
  });

  it('without Manage refuse the administration', async () => {
    const resource = encodeURIComponent(`http://127.0.0.1:${scene.emulator.port}/orders`);
    for (const [keyName, status] of [
      ['both', 401],
      ['RootManageSharedAccessKey', 200],
    ] as const) {
      const key = keyName === 'both' ? 'both-key' : 'SAS_KEY_VALUE';
      const authorization = sasToken(decodeURIComponent(resource), { keyName, key });
      const response = await fetch(decodeURIComponent(resource), { headers: { authorization } });
      expect(response.status).toBe(status);
      await response.arrayBuffer();
    }
  });

  describe('prove their key by SASL PLAIN', () => {
    async function connect(username: string, password: string): Promise<AmqpClient> {
      const client = await AmqpClient.connect(scene.emulator.port, { username, password });
      clients.push(client);
      return client;
    }

    it('and grant what they list, without a token', async () => {
      const root = await connect('RootManageSharedAccessKey', 'SAS_KEY_VALUE');
      await root.sender('others');
      await root.receiver('events/Subscriptions/all');
      const client = await connect('Send', 'Send-key');
      await client.sender('orders');
      for (const refused of [client.sender('others'), client.receiver('orders')]) {
        await expect(refused).rejects.toMatchObject({ condition: 'amqp:unauthorized-access' });
      }
    });

    it.each([
      ['RootManageSharedAccessKey', 'wrong'],
      ['nobody', 'SAS_KEY_VALUE'],
    ])('and fail there with a wrong one (%s)', async (username, password) => {
      await expect(connect(username, password)).rejects.toThrow('disconnected');
    });
  });
});

describe('authorization that accepts any token', () => {
  const scene = emulatorScene({ queues: ['orders'] }, { acceptAnyToken: true });

  it('admits wrong keys and foreign tokens', async () => {
    const connectionString = scene.emulator.connectionString.replace('SAS_KEY_VALUE', 'anything');
    const client = new ServiceBusClient(connectionString, QUICK);
    await client.createSender('orders').sendMessages({ body: 1 });
    await client.close();

    const other = await AmqpClient.connect(scene.emulator.port);
    expect(await other.putToken('orders', 'e30.e30.sig', 'jwt')).toMatchObject({ status: 202 });
    await other.sender('orders');
    await other.close();
  });
});

import { ServiceBusClient } from '@azure/service-bus';
import { afterEach, describe, expect, it } from '@jest/globals';

import { AmqpClient } from './support/amqp-client.js';
import { emulatorScene, QUICK, serviceBusError } from './support/emulator-scene.js';
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
      description: expect.stringMatching(/The messaging entity 'missing' could not be found/),
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

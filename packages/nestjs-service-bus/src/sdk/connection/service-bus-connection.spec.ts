import { describe, expect, it, jest } from '@jest/globals';

const missing = Object.assign(new Error("Cannot find package '@azure/identity'"), {
  code: 'ERR_MODULE_NOT_FOUND',
});
jest.unstable_mockModule('@azure/identity', () => {
  throw missing;
});
const { ServiceBusConnection } = await import('./service-bus-connection.js');

const NAMESPACE = { fullyQualifiedNamespace: 'lab.servicebus.windows.net' };

describe('ServiceBusConnection, where @azure/identity is not installed', () => {
  it('names the package that the default credential needs', async () => {
    await expect(ServiceBusConnection.create(NAMESPACE)).rejects.toMatchObject({
      name: 'ServiceBusConfigurationError',
      problems: [
        'ServiceBusModule: fullyQualifiedNamespace without a credential needs the package @azure/identity: install it, or set credential',
      ],
    });
  });

  it('does without it where a credential is given', async () => {
    const credential = { getToken: () => Promise.resolve(null) };
    const connection = await ServiceBusConnection.create({ ...NAMESPACE, credential });
    await expect(connection.createClient().close()).resolves.toBeUndefined();
  });
});

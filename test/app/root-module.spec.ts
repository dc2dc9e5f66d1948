import { describe, expect, it } from '@jest/globals';
import { NestFactory } from '@nestjs/core';
import { type ApplicationDescription, describeApplication } from 'nestjs-service-bus';

import { rootModule } from '../../src/root-module.js';

describe('the root module, for commands', () => {
  async function described(variables: Record<string, string>): Promise<ApplicationDescription> {
    const strategy = { listen: (done: () => void) => done(), close: () => undefined };
    const app = await NestFactory.createMicroservice(await rootModule(variables), {
      strategy,
      logger: false,
      abortOnError: false,
    });
    try {
      return describeApplication(app);
    } finally {
      await app.close();
    }
  }

  it.each([
    ['an emulator of its own', {}],
    ['a namespace', { SERVICE_BUS_NAMESPACE: 'name.servicebus.windows.net' }],
    [
      'a connection string',
      { SB_CONNECTION: 'Endpoint=sb://127.0.0.1:1;SharedAccessKeyName=n;SharedAccessKey=s' },
    ],
  ])('describes the features that the variables name, with %s', async (_name, variables) => {
    const { bindings } = await described({ APPS: 'counter', COUNTER_IN_QUEUE: 'texts', ...variables });
    expect(bindings).toMatchObject([
      { pattern: 'counter', entity: { kind: 'queue', name: 'texts' }, replyTo: 'counter-out' },
    ]);
  });

  it('is refused with variables that are', async () => {
    await expect(rootModule({ APPS: 'accounts' })).rejects.toThrow(/^APPS=/m);
  });
});

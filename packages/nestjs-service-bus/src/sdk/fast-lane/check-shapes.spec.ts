import { type MessageHandlers, ServiceBusClient, type ServiceBusReceiver } from '@azure/service-bus';
import { afterEach, describe, expect, it, jest } from '@jest/globals';

import { checkShapes, describeMisfits, knownMisfits } from './check-shapes.js';

const CONNECTION_STRING =
  'Endpoint=sb://127.0.0.1:1;SharedAccessKeyName=a;SharedAccessKey=b;UseDevelopmentEmulator=true';

describe('checkShapes', () => {
  afterEach(() => {
    jest.restoreAllMocks();
  });

  it('makes one attempt to open a link, once in a process, and leaves nothing running', async () => {
    const receiver = new ServiceBusClient(CONNECTION_STRING).createReceiver('any');
    const prototype = Object.getPrototypeOf(receiver) as ServiceBusReceiver;
    const { subscribe } = prototype;
    let attempts = 0;
    jest.spyOn(prototype, 'subscribe').mockImplementation(function (
      this: ServiceBusReceiver,
      handlers: MessageHandlers,
      options?: Parameters<ServiceBusReceiver['subscribe']>[1],
    ) {
      const preInitialize = (): Promise<void> => {
        attempts++;
        return (handlers as unknown as { preInitialize(): Promise<void> }).preInitialize();
      };
      return subscribe.call(this, { ...handlers, ...{ preInitialize } }, options);
    });
    await Promise.all([checkShapes(), checkShapes()]);
    await new Promise((resolve) => setTimeout(resolve, 100));
    expect(attempts).toBe(1);
  });

  it('has nothing to say where all is as it is known', () => {
    expect(describeMisfits(knownMisfits())).toEqual([]);
  });

  it('says what is off, why, and what that means', () => {
    const found = { fastLane: ['a', 'b'], linkEvents: [], connection: ['c'], versions: 'sdk 8' };
    expect(describeMisfits(found)).toEqual([
      'fast lane off: sdk 8 does not fit (a, b); all messages go through the SDK, which is slower',
      'connection guard limited: sdk 8 does not fit (c); ' +
        'a dead connection or a lost link may be noticed minutes later',
    ]);
  });
});
